import { createCursors, type StoredOptions } from '../contacts/index.ts';
import { AppError } from '../errors.ts';
import { MAX_PAGE_SIZE, type SentClient } from '../sent/index.ts';
import { closest, fold, inline, inlineList } from '../text/index.ts';

export type Template = {
  id: string;
  name: string;
  /** MARKETING, UTILITY, AUTHENTICATION; an open set. */
  category: string | undefined;
  language: string | undefined;
  /** APPROVED, PENDING, REJECTED …; an open set. */
  status: string | undefined;
  /** What its content can be shown on. */
  channels: string[];
  /** The names that a send must give values for, all of them. */
  variables: string[];
};

export type TemplateFilter = {
  query?: string | undefined;
  status?: string | undefined;
  category?: string | undefined;
  channel?: string | undefined;
};
type Page = { limit: number; cursor?: string | undefined };
export type TemplatePage = { templates: Template[]; total: number; next_cursor?: string };
/** By exactly one of the two. */
export type TemplateKey = { id?: string | undefined; name?: string | undefined };

export type Templates = {
  /** What fits, in the API's order, a page at a time. Status, category and channel are compared without regard to case. */
  list(filter: TemplateFilter & Page, signal: AbortSignal): Promise<TemplatePage>;
  /** @throws AppError `not_found` that names near ones; `invalid_input` where a name stands for several. */
  find(key: TemplateKey, signal: AbortSignal): Promise<Template>;
};

/** Ends a listing that never ends by itself. */
const MOST_PAGES = 100;

/** Where a page of templates ended. */
type Position = { filter: TemplateFilter; start: number };
const positionIn = (value: object): Position | undefined => {
  const { filter, start } = value as Partial<Position>;
  return typeof filter === 'object' && typeof start === 'number' ? { filter, start } : undefined;
};

export function createTemplates(client: SentClient, options: StoredOptions): Templates {
  const cursors = createCursors(options, positionIn);

  async function all(signal: AbortSignal): Promise<Template[]> {
    const found = new Map<string, Template>();
    for (let page = 1; page <= MOST_PAGES; page++) {
      const { rows, pagination } = await client.listTemplates({ page, pageSize: MAX_PAGE_SIZE }, { signal });
      const known = found.size;
      for (const row of rows) found.set(row.id, row);
      if (found.size === known || pagination?.has_more === false) break;
      if (pagination?.total_count !== undefined && found.size >= pagination.total_count) break;
    }
    return [...found.values()];
  }

  return {
    async list({ limit, cursor, ...given }, signal) {
      const { filter, start } =
        cursor === undefined ? { filter: given, start: 0 } : (await cursors.take(cursor)).position;
      const words = filter.query === undefined ? [] : fold(filter.query).split(' ');
      const found = (await all(signal)).filter(
        (template) =>
          words.every((word) => fold(template.name).includes(word)) &&
          same(template.status, filter.status) &&
          same(template.category, filter.category) &&
          (filter.channel === undefined || template.channels.includes(filter.channel)),
      );
      const end = start + limit;
      return {
        templates: found.slice(start, end),
        total: found.length,
        ...(end < found.length && { next_cursor: await cursors.put({ filter, start: end }) }),
      };
    },

    async find({ id, name }, signal) {
      if (id !== undefined) return client.getTemplate(id, { signal });
      const templates = await all(signal);
      const exact = templates.filter((template) => template.name === name);
      const named =
        exact.length > 0 ? exact : templates.filter((template) => fold(template.name) === fold(name ?? ''));
      const usable = named.filter((template) => isApproved(template));
      const [only, ...others] = usable.length > 0 ? usable : named;
      if (only && others.length === 0) return only;
      if (only) {
        const choices = [only, ...others]
          .slice(0, 10)
          .map((template) => `${inline(template.id)} (${inline(template.language ?? 'no language')})`);
        throw new AppError('invalid_input', `${others.length + 1} templates have this name.`, {
          next: `Give one of them by its id: ${choices.join(', ')}.`,
        });
      }
      const near = closest(fold(name ?? ''), new Set(templates.map((template) => fold(template.name))), 3);
      const names = templates
        .filter((template) => near.includes(fold(template.name)))
        .map((template) => template.name);
      throw new AppError('not_found', 'No template has this name.', {
        next: `${names.length > 0 ? `Did you mean ${inlineList([...new Set(names)])}? ` : ''}See list_templates.`,
      });
    },
  };
}

export const isApproved = (template: Template): boolean => template.status?.toUpperCase() === 'APPROVED';

const same = (actual: string | undefined, wanted: string | undefined): boolean =>
  wanted === undefined || actual?.toLowerCase() === wanted.toLowerCase();
