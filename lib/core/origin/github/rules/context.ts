import type { Finding } from '../../../wire/finding/index.ts';
import { judgeClaim, type Judgement } from '../../judge-claim.ts';
import type { Judging } from '../../provider.ts';
import type { GitHubCertificate } from '../claims.ts';
import type { GitHubPolicy } from '../policy.ts';
import { words } from '../words.ts';

export type Context = Judging<GitHubPolicy, GitHubCertificate>;

export const judge = ({ locate }: Context, one: Judgement): Finding =>
  judgeClaim({ locate, unshown: words.unshown }, one);
