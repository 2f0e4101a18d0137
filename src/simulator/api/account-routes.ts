import type { Hono } from 'hono';
import { countryOf, hash, idOf, looksDiallable, parseE164, splitNumber } from '../book/index.ts';
import type { SimulatedAccount } from '../simulated-account.ts';
import { ApiError, type AppEnv, isoLong, succeed } from './envelope.ts';
import { refuse } from './read-request.ts';

const CARRIERS = ['Simcom', 'Larkspur Mobile', 'Tellurium', 'Norvik Telecom'];

/** GET /v3/me and GET /v3/numbers/lookup/{phoneNumber} (contract, 2.5 and 2.6). */
export function accountRoutes(app: Hono<AppEnv>, account: SimulatedAccount): void {
  const created_at = isoLong(account.startedAt - 800 * 86_400_000);

  app.get('/v3/me', (c) =>
    succeed(c, account, {
      id: account.customerId,
      type: 'organization',
      name: 'Alder & Finch (simulated)',
      email: 'ops@alder-finch.example',
      icon: null,
      description: 'A fictional shop, for demonstrations.',
      created_at,
      organization_id: null,
      short_name: 'alder-finch',
      status: 'approved',
      settings: null,
      profiles: [
        {
          id: profileId(account),
          name: 'Alder & Finch Europe',
          description: null,
          icon: null,
          short_name: 'af-europe',
          role: 'admin',
          status: 'approved',
          settings: { allow_contact_sharing: true, inherit_contacts: true, billing_model: 'organization' },
          created_at,
        },
      ],
      channels: {
        sms: { configured: true, phone_number: '+12025550100' },
        whatsapp: { configured: true, phone_number: '+12025550100', business_name: 'Alder & Finch' },
        rcs: { configured: false, phone_number: null },
      },
    }),
  );

  app.get('/v3/numbers/lookup/:number', (c) => {
    const phone_number =
      parseE164(c.req.param('number')) ?? refuse('phoneNumber', 'Must be in E.164 format.');
    const { region, digits } = splitNumber(phone_number);
    if (region === 'ZZ') throw new ApiError('RESOURCE_013');
    const is_valid = looksDiallable(phone_number);
    const n = Number(digits.slice(-9));
    return succeed(c, account, {
      phone_number,
      is_valid,
      carrier_name: is_valid ? (CARRIERS[hash(n, 31) % CARRIERS.length] ?? null) : null,
      line_type: is_valid ? 'mobile' : null,
      country_code: region,
      mobile_country_code: is_valid ? (countryOf(region)?.mobileCountryCode ?? null) : null,
      mobile_network_code: is_valid ? String(hash(n, 32) % 100).padStart(2, '0') : null,
      is_ported: is_valid ? hash(n, 33) % 4 === 0 : null,
      is_voip: is_valid ? false : null,
    });
  });
}

/** The one child profile of the account. */
export const profileId = (account: SimulatedAccount): string => idOf('profile', 0, account.dialect);
