import { podmanHost } from '../../host/index.ts';
import { imageExists, imageRef } from '../../image/index.ts';
import { missing, ok } from '../check.ts';
import type { Check } from '../check.ts';
import { findProgram } from '../programs.ts';

/** The scanner image of exactly these sources. */
export const image: Check = {
  id: 'image',
  title: 'Scanner image',
  async run() {
    const ref = imageRef();
    const build = missing(`${ref} is not built yet; the next scan builds it (the first time about 3 minutes).`, null);
    if (findProgram('podman') === null) return build;
    try {
      return (await imageExists(await podmanHost(), ref)) ? ok(`${ref}.`) : build;
    } catch {
      return build;
    }
  },
};
