import { countryOf } from './countries.ts';
import { hash } from './ids.ts';
import { splitNumber } from './numbers.ts';

/** The fictional people of a generated book. Person `i` is always the same one, with a number that nobody else has. */

type Land = {
  region: string;
  /** Beginnings of the national number; the remaining digits count through all values in a scattered order. */
  prefixes: string[];
  digits: number;
  language: string;
  given: string[];
  family: string[];
  cities: string[];
};

export type Person = { name: string; company: string; city: string; segment: string; language: string };

/** Region, prefixes, digits after them, language | given names | family names | cities. */
const LANDS = new Map<string, Land>(
  `
US 205555,206555,212555,213555,214555,215555,216555,301555,303555,304555,305555,310555,312555,313555,314555,315555,317555,323555,334555,336555,402555,404555,405555,406555,408555,410555,412555,413555,414555,415555,419555,502555,503555,504555,505555,508555,509555,512555,513555,515555,518555,601555,602555,603555,605555,607555,608555,609555,612555,614555,615555,616555,617555,618555,619555,702555,703555,704555,713555,718555 4 en|Ava Noah Grace Ethan Maya Lucas Chloé Owen Ruby Caleb Nora Isaac|Walker Brooks Nguyen Foster Rivera Hughes Bennett Cole Ramírez Price Sullivan Okafor|Austin Chicago Denver Seattle Miami
CA 204555,236555,250555,306555,403555,416555,418555,438555,506555,514555,519555,604555,613555,705555,709555,780555,807555,819555,902555,905555 4 fr|Élodie Liam Zoé Mathieu Aurélie Nathan|Tremblay Gagné Côté Bélanger Fraser Leblanc|Montréal Toronto Vancouver
BR 1199,2198,3197,4196,5195,6194,7193,8192,8591 7 pt|João Beatriz Mateus Letícia Caio Antônia Otávio Júlia Davi Conceição|Gonçalves Araújo Ribeiro Magalhães Peçanha Sá Moura Brandão Teixeira Falcão|São+Paulo Recife Curitiba Brasília Goiânia
MX 5512,5523,5534,3312,3323,8112,8123 6 es|Sofía Andrés Ximena Óscar Renata Joaquín Itzel Raúl|Hernández Núñez Ibáñez Treviño Cárdenas Quiñones Solís Ávila|Guadalajara Monterrey Mérida Querétaro
GB 7400,7401,7402,7403,7404,7405,7406,7407 6 en|Imogen Rhys Zoë Callum Siân Alistair Priya Edwin|Ashworth O’Connor Brontë Lloyd Whitfield Kaur Penrose Adeyemi|Leeds Bristol Glasgow Cardiff
DE 1512,1514,1515,1516,1517,1520,1522,1525 7 de|Jürgen Annika Björn Käthe Lennart Heidi Günther Anneliese|Müller Schröder Weiß Köhler Jäger Krüger Vogt Böhm|Köln München Leipzig Nürnberg
ES 61,62,63,64,65,66,67,68,69 7 es|Lucía Álvaro Begoña Íñigo Nuria Martín Inés Ángel|Hernández Muñoz Peña Gómez Zúñiga Bermúdez Ortiz Sáez|Sevilla Málaga Bilbao Logroño
FR 61,62,66,67,68 7 fr|Zoë François Hélène Rémi Maëlle Benoît Agnès Loïc|Lefèvre Garçon Bénard Gauthier Noël Hébert Marchand Çelik|Lyon Nîmes Besançon Orléans
IN 9810,9811,9820,9821,9840,9845,9880,9890 6 en|Aarav Diya Kabir Meera Rohan Ananya Vikram Ishita|Sharma Iyer Banerjee Reddy Kulkarni Nair Chaudhary D’Souza|Pune Bengaluru Kochi Jaipur
TR 530,532,533,535,542,543,544,555 7 tr|Gülşen Ömer Şirin Çağrı İpek Barış Ayşe Özgür|Çelik Yıldız Şahin Öztürk Doğan Kılıç Güneş Aydın|İzmir Ankara Eskişehir
SE 70,72,73,76,79 7 sv|Åsa Björn Märta Göran Elsa Hjalmar|Åkesson Sjögren Lindström Öberg Nyström Dahl|Malmö Göteborg Umeå
NO 90,91,92,93,95,97 6 no|Bjørn Ingrid Håkon Sølvi Kåre Astrid|Øberg Sørensen Bråten Hauge Ødegård Lie|Tromsø Bergen Ålesund
IT 320,328,333,338,347,349 7 it|Chiara Niccolò Giulia Matteo Noemi Dario|Rossetti Bellandi Fabbri Cantù Galassi De+Santis|Torino Bari Forlì
PT 91,92,93,96 7 pt|Inês Tomás Leonor Gonçalo Mafalda Simão|Conceição Guimarães Sequeira Falcão Antão Mourão|Porto Évora Setúbal
CO 300,301,310,311,312,313,314,315 7 es|Valentina Andrés Luz Julián Ángela Sebastián|Restrepo Ríos Cárdenas Peñalosa Giraldo Muñoz|Bogotá Medellín Ibagué`
    .trim()
    .split('\n')
    .map((line) => {
      const [head = '', given = '', family = '', cities = ''] = line.split('|');
      const [region = '', prefixes = '', digits = '', language = ''] = head.split(' ');
      return [
        region,
        {
          region,
          prefixes: prefixes.split(','),
          digits: Number(digits),
          language,
          given: words(given),
          family: words(family),
          cities: words(cities),
        },
      ];
    }),
);

/** Which land each person is from, in this order again and again. */
const TURNS =
  'US BR MX GB US DE IN ES US FR BR TR MX US SE IT GB BR US NO DE PT US CO IN ES BR FR CA GB MX DE'.split(
    ' ',
  );
const TURNS_OF = new Map([...LANDS.keys()].map((region) => [region, positionsOf(region)]));

const COMPANIES = words(
  'Alder+&+Finch Bluewater+Cycles Cantina+Nove Dovetail+Interiors Estúdio+Maré Fjordlys Granja+Sol Halcyon+Travel Ironbark+Coffee Juniper+Clinic Kestrel+Books Lumen+Energie',
);
const SEGMENTS = words('customer customer customer vip trial partner lapsed');

/** How many people there can be before the shortest block of fictional numbers (the US one) runs out. */
export const MAX_PEOPLE = 2_000_000;

function words(text: string): string[] {
  return text.split(' ').map((word) => word.replaceAll('+', ' '));
}

function positionsOf(region: string): number[] {
  return TURNS.flatMap((turn, position) => (turn === region ? [position] : []));
}

function landOf(i: number): Land {
  const land = LANDS.get(TURNS[i % TURNS.length] ?? '');
  if (!land) throw new RangeError(`no person ${i}`);
  return land;
}

function pick(list: string[], i: number, salt: number): string {
  return list[hash(i, salt) % list.length] ?? '';
}

/**
 * The order in which a land's numbers are given out: after a prefix, `first + n * step` modulo 10^digits. In North America
 * that starts with 555-01xx, which is kept for fiction; elsewhere a prime step scatters the numbers without repeating one.
 */
function sequenceOf(land: Land, prefix: number): { size: number; first: number; step: number } {
  const size = 10 ** land.digits;
  if (land.digits === 4) return { size, first: 100 + ((prefix * 37) % 100), step: 1 };
  const salt = land.region.charCodeAt(0) * 256 + land.region.charCodeAt(1);
  return { size, first: hash(prefix, salt) % size, step: 700_417 };
}

/** The E.164 number of person `i`. */
export function numberOfPerson(i: number): string {
  const land = landOf(i);
  const turns = TURNS_OF.get(land.region) ?? [];
  const rank = Math.floor(i / TURNS.length) * turns.length + turns.indexOf(i % TURNS.length);
  const prefix = rank % land.prefixes.length;
  const { size, first, step } = sequenceOf(land, prefix);
  const tail = (first + Math.floor(rank / land.prefixes.length) * step) % size;
  return `+${countryOf(land.region)?.callingCode}${land.prefixes[prefix]}${String(tail).padStart(land.digits, '0')}`;
}

/** The person who has this E.164 number, found by arithmetic; undefined if it is nobody's. */
export function personOfNumber(e164: string): number | undefined {
  const { region, digits } = splitNumber(e164);
  const land = LANDS.get(region);
  const turns = TURNS_OF.get(region);
  if (!land || !turns || digits.length <= land.digits) return undefined;
  const prefix = land.prefixes.indexOf(digits.slice(0, -land.digits));
  const { size, first, step } = sequenceOf(land, prefix);
  const distance = (((Number(digits.slice(-land.digits)) - first) % size) + size) % size;
  const rank = ((distance * inverse(step, size)) % size) * land.prefixes.length + prefix;
  const i = Math.floor(rank / turns.length) * TURNS.length + (turns[rank % turns.length] ?? 0);
  return prefix >= 0 && numberOfPerson(i) === e164 ? i : undefined;
}

/** The number that undoes a multiplication by `step` modulo `size` (extended Euclid). */
function inverse(step: number, size: number): number {
  let [a, b, x, y] = [step, size, 1, 0];
  while (b > 0) {
    const quotient = Math.floor(a / b);
    [a, b, x, y] = [b, a - quotient * b, y, x - quotient * y];
  }
  return ((x % size) + size) % size;
}

/** Name and circumstances of person `i`; names are as they are written in the person's country, accents included. */
export function personOf(i: number): Person {
  const land = landOf(i);
  return {
    name: `${pick(land.given, i, 11)} ${pick(land.family, i, 12)}`,
    company: pick(COMPANIES, i, 13),
    city: pick(land.cities, i, 14),
    segment: pick(SEGMENTS, i, 15),
    language: land.language,
  };
}
