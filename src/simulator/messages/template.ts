/** A message template of the account. */
export type Template = {
  index: number;
  name: string;
  category: string;
  language: string;
  status: string;
  channels: string[];
  body: string;
};
