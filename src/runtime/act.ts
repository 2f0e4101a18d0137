/** What somebody did through a tool or a command. No text of a message; whole numbers only up to the history. */
export type Act = {
  /** The host that called, as it names itself, or this server for a command; over HTTP the person whose token it brought. */
  who: { host: string; version?: string; person?: string };
  tool: string;
  /** What came of it: a word of the tool's own such as `created` or `accepted`, or the code of the failure. */
  outcome: string;
  /** How many people it was about. */
  people?: number;
  /** Numbers of the first few, in E.164: the history keeps their last four digits. */
  numbers?: readonly string[];
  plan?: string;
};
