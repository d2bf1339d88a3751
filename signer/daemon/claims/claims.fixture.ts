import type { MadeSignature, SignatureClaims } from './claims.ts';

/** Claims of a signer that is alone; `made`: what another one has made before, by the file's name. */
export function claimsAlone(
  made: ReadonlyMap<string, MadeSignature> = new Map(),
  tell: (what: string) => void = () => undefined,
): SignatureClaims {
  return {
    claim: (places) =>
      Promise.resolve(places.map(({ grant: { wire } }) => made.get(wire.leafPath.at(-1) ?? '') ?? null)),
    keep: (signed) => {
      tell(`kept ${signed.length}`);
      return Promise.resolve([]);
    },
    release: (grants) => {
      tell(`released ${grants.length}`);
      return Promise.resolve();
    },
  };
}
