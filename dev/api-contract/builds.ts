/** A portal that has the keys of the development build system, and identity tokens of builds of the seed's project. */
import { openBuildKeys } from '../../lib/platform/build-token/index.ts';
import type { Portal } from '../../lib/platform/portal/index.ts';
import { developmentIssuer } from '../build-system/index.ts';
import { startTokenService, type TokenRun } from '../github/index.ts';

const repository = {
  id: '900100200',
  ownerId: '900100',
  uri: 'https://github.com/countersign-demo/esbuild-windows',
};

export async function openBuilds(portal: Portal) {
  const service = await startTokenService();
  const elsewhere = new Map([[developmentIssuer, service.keysUrl]]);
  const token = (run: Partial<TokenRun> = {}, audience = portal.config.publicUrl): string =>
    service.sign({ ...service.claims(audience, { repository, ...run }), iss: developmentIssuer });
  return {
    portal: { ...portal, buildKeys: openBuildKeys({ now: portal.now, elsewhere }) },
    /** As headers of one call. */
    allowed: () => ({ authorization: `Bearer ${token()}` }),
    onBranch: () => ({ authorization: `Bearer ${token({ ref: 'refs/heads/feature' })}` }),
    forOthers: () => ({ authorization: `Bearer ${token({}, 'https://github.com/example')}` }),
    close: () => service.stop(),
  };
}
