import { bundle } from '../scripts/build.ts';

/** Makes the executable anew, so that the tests never drive an old one. */
export const setup = async () => {
  await bundle();
};
