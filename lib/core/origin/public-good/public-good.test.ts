import { expect, it } from 'vitest';
import { parseTrustRoot } from '../index.ts';
import { publicGoodTrustRoot } from './index.ts';

it('gives a trust root that demands certificate transparency and a log entry', () => {
  const root = parseTrustRoot(JSON.parse(publicGoodTrustRoot()));
  expect(root.thresholds).toEqual({ ctlogThreshold: 1, tlogThreshold: 1, timestampThreshold: 1 });
});
