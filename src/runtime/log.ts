/** What a log line may hold: names and figures of ours, never a key, a phone number, an address or a message. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;
export type Log = (level: 'error' | 'info' | 'debug', event: string, fields?: LogFields) => void;
