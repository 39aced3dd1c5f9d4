import type { FieldSeen } from '../raw.ts';

/** Data of nobody: names that stand for no person, a domain and telephone numbers that are reserved for examples. */
const BY_MEANING: readonly (readonly [RegExp, string])[] = [
  [/e-?mail|courriel|correo/, 'test.person@example.com'],
  [/phone|\btel\b|telefon|mobil|fax/, '+1 202 555 0143'],
  [/user.?name|login|nickname|benutzer/, 'testperson'],
  [/pass(?:word|wort|code)|kennwort/, 'Example-Passw0rd'],
  [/first|given|vorname|prénom/, 'Test'],
  [/last|family|sur.?name|nachname/, 'Person'],
  [/company|organi[sz]ation|firma/, 'Example Organisation'],
  [/zip|postal|postcode|plz/, '10001'],
  [/\b(?:city|town|ort|stadt)\b/, 'Exampletown'],
  [/street|address|straße|strasse|adresse/, '1 Example Street'],
  [/country|\bland\b/, 'Exampleland'],
  [/url|website|homepage/, 'https://www.example.com/'],
  [/\b(?:age|alter|quantity|amount|menge|anzahl)\b/, '2'],
  [/search|suche|query|\bq\b/, 'example'],
  [/name/, 'Test Person'],
];

const BY_TYPE: Readonly<Record<string, string>> = {
  email: 'test.person@example.com',
  tel: '+1 202 555 0143',
  url: 'https://www.example.com/',
  number: '2',
  date: '2030-01-15',
  time: '10:30',
  month: '2030-01',
  week: '2030-W03',
  'datetime-local': '2030-01-15T10:30',
  color: '#336699',
  password: 'Example-Passw0rd',
  search: 'example',
};

/** What is typed into a field; never anything of a person's. */
export function syntheticFor({ type, about }: Pick<FieldSeen, 'type' | 'about'>): string {
  return BY_TYPE[type] ?? BY_MEANING.find(([meaning]) => meaning.test(about))?.[1] ?? 'Example text';
}
