import type { Hono } from 'hono';
import { type Dialect, idOf } from '../book/index.ts';
import type { Template } from '../messages/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { ApiError, type AppEnv, isoLong, succeed, succeedWithPage } from './envelope.ts';
import { choiceFrom, idFrom, pageFrom } from './read-request.ts';

/** name category language status channels | body; `{{x}}` is a variable. */
const TEMPLATES: Template[] = `
welcome MARKETING en_US APPROVED sms,whatsapp,rcs|Hi {{name}}, welcome to Alder & Finch! Reply STOP to opt out.
order_shipped UTILITY en_US APPROVED sms,whatsapp|Hi {{name}}, order {{order_id}} is on its way: {{tracking_url}}
order_shipped UTILITY es_ES APPROVED sms,whatsapp|Hola {{name}}, tu pedido {{order_id}} va en camino: {{tracking_url}}
appointment_reminder UTILITY en_US APPROVED sms,whatsapp|{{name}}, we expect you on {{date}} at {{time}}.
login_code AUTHENTICATION en_US APPROVED sms,whatsapp|{{code}} is your verification code.
store_news MARKETING pt_BR APPROVED whatsapp|Novidades da semana na loja. Responda PARAR para sair.
spring_sale MARKETING en_US PENDING sms,whatsapp|{{name}}, {{discount}} off everything this week!
win_back MARKETING de_DE REJECTED whatsapp|Hallo {{name}}, wir vermissen dich!`
  .trim()
  .split('\n')
  .map((line, index) => {
    const [head = '', body = ''] = line.split('|');
    const [name = '', category = '', language = '', status = '', channels = ''] = head.split(' ');
    return { index, name, category, language, status, channels: channels.split(','), body };
  });

/** The names of the variables that a template needs, in order of appearance. */
export const variablesOf = (template: Template): string[] =>
  [...template.body.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name);

/** The text of a message made from a template. */
export const render = (template: Template, parameters: Record<string, string>): string =>
  template.body.replace(/\{\{(\w+)\}\}/g, (_, name: string) => parameters[name] ?? '');

export const templateId = (template: Template, dialect: Dialect): string =>
  idOf('template', template.index, dialect);

/** By id, or (in the guide's era, whose samples have ids such as `welcome`) by an id that is a name. @throws RESOURCE_002 */
export function templateById(id: string, dialect: Dialect): Template {
  const wanted = id.toLowerCase();
  const template = TEMPLATES.find((one) => templateId(one, dialect) === wanted);
  return template ?? templateByName(dialect === 'guide' ? id : '');
}

/** The first template of that name, whatever its language. @throws RESOURCE_002 */
export function templateByName(name: string): Template {
  const template = TEMPLATES.find((one) => one.name === name);
  if (!template) throw new ApiError('RESOURCE_002');
  return template;
}

/** GET /v3/templates and /v3/templates/{id} (contract, 2.4). Bodies are never shown. */
export function templateRoutes(app: Hono<AppEnv>, account: SimulatedAccount): void {
  const createdAt = (index: number) => isoLong(account.startedAt - (index + 2) * 30 * 86_400_000);
  const wire = (template: Template) => {
    const { index, name, category, language, status, channels } = template;
    const id = templateId(template, account.dialect);
    const is_published = status === 'APPROVED';
    const times = { created_at: createdAt(index), updated_at: is_published ? createdAt(index - 1) : null };
    return {
      id,
      name,
      category,
      language,
      status,
      channels,
      variables: variablesOf(template),
      is_published,
      ...times,
    };
  };

  app.get('/v3/templates', (c) => {
    const { page, pageSize } = pageFrom(c, account);
    const status = choiceFrom(c, 'status', ['APPROVED', 'PENDING', 'REJECTED', 'DRAFT']);
    const category = choiceFrom(c, 'category', ['MARKETING', 'UTILITY', 'AUTHENTICATION']);
    const search = c.req.query('search')?.toLowerCase() ?? '';
    const found = TEMPLATES.filter(
      (one) =>
        one.name.includes(search) &&
        (!status || one.status === status) &&
        (!category || one.category === category),
    );
    const items = found.slice((page - 1) * pageSize, page * pageSize).map(wire);
    return succeedWithPage(c, account, 'templates', items, { page, pageSize, total: found.length });
  });

  app.get('/v3/templates/:id', (c) =>
    succeed(c, account, wire(templateById(idFrom(c, account), account.dialect))),
  );
}
