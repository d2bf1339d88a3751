import { expect, it } from 'vitest';
import { parseTrustRoot } from '#core/origin/index.ts';
import { publicGoodTrustRoot } from './public-good.ts';

it('gives a trust root that demands certificate transparency and a log entry', () => {
  const root = parseTrustRoot(JSON.parse(publicGoodTrustRoot()));
  expect(root.thresholds).toEqual({ ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 });
});
