/** The app against the stateful GitHub. For tests. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishAppId, startGitHub } from '../../../dev/github/index.ts';
import type { GitHubFake } from '../../../dev/github/index.ts';
import { openPublishApp } from './index.ts';
import type { PublishApp } from './index.ts';

/** Of the build system that the seed's policies name. */
export const issuer = 'https://token.development-build-system.example';

export interface PublishFake {
  readonly fake: GitHubFake;
  readonly publishing: {
    readonly hosts: readonly { readonly issuer: string; readonly apiUrl: string }[];
    readonly github: {
      readonly appId: number;
      readonly privateKeyFile: string;
      readonly webhookSecretFile: string;
      readonly issuers: readonly string[];
    };
  };
  readonly app: PublishApp;
}

export async function openPublishFake(folder: string): Promise<PublishFake> {
  const fake = await startGitHub();
  const privateKeyFile = join(folder, 'publish-app.pem');
  const webhookSecretFile = join(folder, 'publish-webhook');
  writeFileSync(privateKeyFile, fake.privateKey);
  writeFileSync(webhookSecretFile, `${fake.publishing.secret}\n`);
  const publishing = {
    hosts: [{ issuer, apiUrl: fake.url }],
    github: { appId: publishAppId, privateKeyFile, webhookSecretFile, issuers: [issuer] },
  };
  const timing = { secondMilliseconds: 5, paced: false, timeoutMilliseconds: 60_000, retries: 1 };
  const app = openPublishApp({ config: { publishing }, timing });
  if (app === null) throw new Error('no app is configured');
  return { fake, publishing, app };
}
