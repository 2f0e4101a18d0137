export const SORTS = ['relevance', 'newest', 'oldest', 'recently_updated', 'phone_number'] as const;
export type Sort = (typeof SORTS)[number];

/** How an order reads. */
export const SORT_READ_AS: Record<Sort, string> = {
  relevance: 'best match first',
  newest: 'newest first',
  oldest: 'oldest first',
  recently_updated: 'latest update first',
  phone_number: 'by number',
};

/** The time that an order goes by, so that it is worth showing. */
export const SORTED_BY: Partial<Record<Sort, 'created_at' | 'updated_at'>> = {
  newest: 'created_at',
  oldest: 'created_at',
  recently_updated: 'updated_at',
};
