import type { Finding } from '../../../wire/finding/index.ts';
import { judgeClaim, type Judgement } from '../../judge-claim.ts';
import type { Judging } from '../../provider.ts';
import type { GitLabCertificate } from '../claims.ts';
import type { GitLabPolicy } from '../policy.ts';
import { words } from '../words.ts';

export type Context = Judging<GitLabPolicy, GitLabCertificate>;

export const judge = ({ locate }: Context, one: Judgement): Finding =>
  judgeClaim({ locate, unshown: words.unshown }, one);
