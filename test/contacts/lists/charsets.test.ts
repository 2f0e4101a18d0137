import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/contacts/lists/files/decode.ts';
import { openList } from '../../../src/contacts/lists/open-list.ts';
import { OLD_LISTS } from './old-lists.ts';
import { opened } from './validated.ts';

const decoded = async (bytes: Buffer) => (await decodeText(bytes)).text;

describe('a list of before Unicode is read as it was written, and that is said', () => {
  test.each(OLD_LISTS)('%s: %s', async (_, text, base64) => {
    const bytes = Buffer.from(base64, 'base64');
    const { text: read, charset } = await decodeText(bytes);
    expect(read).toBe(text);
    expect(await openList(bytes)).toMatchObject({
      readInCharset: expect.stringContaining(`read as ${charset}`),
    });
  });
});

test('one bad byte costs one character, and is said', async () => {
  const bytes = Buffer.from(
    'Name,Phone\nJörg Müller,+491701234501\nZoë Noël,+33675426683\nAnna?,+491701234502\n',
  );
  bytes[bytes.indexOf('?')] = 0xff;
  const { text, warnings } = await decodeText(bytes);
  expect(text).toContain('Jörg Müller');
  expect(text).toContain('Anna\uFFFD');
  expect(warnings).toEqual(['One character of the file cannot be read and stands as \uFFFD.']);
});

test('what was garbled before is said', async () => {
  const { warnings } = await decodeText(Buffer.from('Name,Phone\nJÃ¶rg,+491701234501\n'));
  expect(warnings).toEqual([expect.stringContaining('"JÃ¶rg"')]);
  expect((await decodeText(Buffer.from('Nome,Tel\nJOÃO,+351912345678\nÃngela,1\n'))).warnings).toEqual([]);
});

test('UTF-16 with and without its mark, either end first', async () => {
  const text = 'Nom\tMobile\r\nZoé\t+33612345678\r\n';
  const little = Buffer.from(text, 'utf16le');
  expect(await decoded(little)).toBe(text);
  expect(await decoded(Buffer.from(`\uFEFF${text}`, 'utf16le'))).toBe(text);
  expect(await decoded(Buffer.from(`\uFEFF${text}`, 'utf16le').swap16())).toBe(text);
});

test('what is no text in any set is refused, with what to do', async () => {
  const noise = Buffer.from(Array.from({ length: 400 }, (_, i) => 0x80 + ((i * 37 + (i >> 3)) % 128)));
  await expect(opened(noise)).rejects.toMatchObject({ next: expect.stringContaining('UTF-8') });
  await expect(opened(Buffer.alloc(1_000))).rejects.toThrow('holds no text');
});

test('a card says the character set of each value', async () => {
  const card = Buffer.concat([
    Buffer.from('BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1:M\xfcller;J\xf6rg\r\n', 'latin1'),
    Buffer.from('FN;CHARSET=UTF-8:Jörg Müller\r\nTEL;CELL:+491701234501\r\nEND:VCARD\r\n'),
    Buffer.from('BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=SHIFT_JIS:', 'latin1'),
    Buffer.from('8e52936391be9859', 'hex'), // 山田太郎
    Buffer.from('\r\nTEL;CELL:+819012345678\r\nEND:VCARD\r\n', 'latin1'),
    Buffer.from(
      'BEGIN:VCARD\r\nFN;CHARSET=WINDOWS-1251;ENCODING=QUOTED-PRINTABLE:=C0=ED=ED=E0\r\nTEL:+79123456789\r\nEND:VCARD\r\n',
    ),
  ]);
  const { valid } = await opened(card);
  expect(valid.map(({ fields }) => fields.name)).toEqual(['Jörg Müller', '山田太郎', 'Анна']);
  expect(valid[0]?.fields).toMatchObject({ first_name: 'Jörg', last_name: 'Müller' });
});
