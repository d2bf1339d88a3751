import type { Area } from '../mutant.ts';
import { approval } from './approval.ts';
import { damage } from './damage.ts';
import { fairness } from './fairness.ts';
import { grant } from './grant.ts';
import { keyholder } from './keyholder.ts';
import { origin } from './origin.ts';
import { policy } from './policy.ts';
import { portal } from './portal.ts';
import { reading } from './reading.ts';
import { signer } from './signer.ts';

/** Every guard whose test is known, by part of the product. */
export const areas: readonly Area[] = [
  ...[grant, keyholder, approval, origin, signer, damage, fairness],
  ...[policy, portal, reading],
];
