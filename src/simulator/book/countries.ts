/** Countries and how numbers are written in them; made by hand, so that no phone library's mistakes are shared. */

/** How national numbers with this beginning and length are written; `#` is a digit. */
export type Shape = { lead: RegExp; national: string; international: string; digits: number };

export type Country = {
  region: string;
  callingCode: string;
  /** Mobile country code (ITU E.212), for number lookups. */
  mobileCountryCode: string;
  shapes: Shape[];
};

/**
 * One line a country: region, calling code, MCC, then shapes `lead|national|international`, first match wins. `#` is a digit;
 * a leading literal 0 is the trunk prefix; the international mask defaults to the national one without it.
 */
const TABLE = `
US 1 310; |(###) ###-####|### ### ####; |(###) ###-###|###-###-###
CA 1 302; |(###) ###-####|### ### ####
BR 55 724; ..9|(##) #####-####|## #####-####; |(##) ####-####|## ####-####
MX 52 334; 33|## #### ####; 55|## #### ####; 56|## #### ####; 81|## #### ####; |### ### ####
GB 44 234; 7|0#### ######; 20|0## #### ####; |0#### ######
DE 49 262; 15|0#### #######; 1[67]|0### ########; 1[67]|0### #######
ES 34 214; |### ## ## ##
FR 33 208; |0# ## ## ## ##
IN 91 404; [6-9]|0##### #####
IT 39 222; 3|### ### ####; 3|### ### ###; 0[26]|## #### ####
PT 351 268; |### ### ###
TR 90 286; 5|0### ### ## ##; |(0###) ### ## ##|### ### ## ##
SE 46 240; 7|0##-### ## ##|## ### ## ##
NO 47 242; |## ## ## ##
CO 57 732; 3|### #######
NL 31 204; 6|0# ########
CH 41 228; |0## ### ## ##
DK 45 238; |## ## ## ##
PL 48 260; |### ### ###
IE 353 272; 8|0## ### ####
AU 61 505; 4|0### ### ###; |(0#) #### ####|# #### ####
JP 81 440; [789]0|0##-####-####|##-####-####
CL 56 730; 9|# #### ####; 2|(#) #### ####|# #### ####
PE 51 716; 9|### ### ###
ZA 27 655; |0## ### ####
NG 234 621; [789]|0### ### ####
KE 254 639; |0### ######`;

/** Regions of the other calling codes, for grouping by country; the text of a number there is grouped in threes. */
const ELSEWHERE = `7RU 20EG 30GR 32BE 36HU 40RO 43AT 53CU 54AR 58VE 60MY 62ID 63PH 64NZ 65SG 66TH 82KR 84VN 86CN 92PK 93AF 94LK 95MM 98IR
212MA 213DZ 216TN 218LY 220GM 221SN 223ML 225CI 226BF 227NE 228TG 229BJ 230MU 231LR 232SL 233GH 235TD 237CM 238CV 241GA 242CG 243CD
244AO 249SD 250RW 251ET 252SO 253DJ 255TZ 256UG 257BI 258MZ 260ZM 261MG 263ZW 264NA 265MW 266LS 267BW 268SZ 352LU 354IS 355AL 356MT
357CY 358FI 359BG 370LT 371LV 372EE 373MD 374AM 375BY 376AD 377MC 380UA 381RS 382ME 383XK 385HR 386SI 387BA 389MK 420CZ 421SK 423LI
501BZ 502GT 503SV 504HN 505NI 506CR 507PA 509HT 591BO 592GY 593EC 595PY 597SR 598UY 673BN 675PG 679FJ 852HK 853MO 855KH 856LA 880BD
886TW 960MV 961LB 962JO 963SY 964IQ 965KW 966SA 967YE 968OM 970PS 971AE 972IL 973BH 974QA 975BT 976MN 977NP 992TJ 993TM 994AZ 995GE
996KG 998UZ`;

/** Area codes of calling code 1 outside the United States. */
const AREAS = `
CA 204 226 236 249 250 263 289 306 343 365 367 403 416 418 431 437 438 450 506 514 519 548 579 581 587 604 613 639 647 705 709 778 780 782 807 819 825 867 873 902 905
DO 809 829 849
PR 787 939
JM 876
TT 868`;

const COUNTRIES = new Map(
  TABLE.trim()
    .split('\n')
    .map(countryFromLine)
    .map((country) => [country.region, country]),
);
const REGION_OF_CODE = new Map(ELSEWHERE.split(/\s/).map((entry) => [entry.slice(0, -2), entry.slice(-2)]));
for (const { region, callingCode } of COUNTRIES.values())
  if (region !== 'CA') REGION_OF_CODE.set(callingCode, region);

const REGION_OF_AREA = new Map(
  AREAS.trim()
    .split('\n')
    .flatMap((line) => {
      const [region = '', ...areas] = line.split(' ');
      return areas.map((area): [string, string] => [area, region]);
    }),
);

function countryFromLine(line: string): Country {
  const [head = '', ...shapes] = line.split('; ');
  const [region = '', callingCode = '', mobileCountryCode = ''] = head.split(' ');
  return { region, callingCode, mobileCountryCode, shapes: shapes.map(shapeFromText) };
}

function shapeFromText(text: string): Shape {
  const [lead = '', national = '', international = national.replace(/^0/, '')] = text.split('|');
  return { lead: new RegExp(`^${lead}`), national, international, digits: national.split('#').length - 1 };
}

/** The country of the table, or undefined where numbers are only grouped generically. */
export const countryOf = (region: string): Country | undefined => COUNTRIES.get(region);

/** Every country with grouping rules of its own. */
export const countries = (): Iterable<Country> => COUNTRIES.values();

/** ISO region of a calling code and the digits after it; `ZZ` if unknown. */
export function regionOf(callingCode: string, digits: string): string {
  if (callingCode === '1') return REGION_OF_AREA.get(digits.slice(0, 3)) ?? 'US';
  return REGION_OF_CODE.get(callingCode) ?? 'ZZ';
}
