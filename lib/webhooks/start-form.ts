/** What somebody enters who wants a workflow or pipeline started: a token and no address. */
import { isError } from '#core/error/index.ts';
import type { ProjectSlug } from '#core/ids/index.ts';
import type { StartingFormat, WebhookEventType } from '#core/wire/webhook/index.ts';
import { atField } from '../platform/http/index.ts';
import { PageFetchError } from '../platform/page-fetch/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { WebhooksError } from './error.ts';
import type { WebhookContent } from './seal.ts';
import { startPlaceOf } from './start-build.ts';

export const startTokenCharactersMax = 300;
export const startRefCharactersMax = 250;

/** What hosts make tokens of; a blank, a quote or a line's end came along by accident. */
const tokenForm = /^[\w.~+/=-]{8,300}$/;
/** As git-check-ref-format(1) has it, as far as anybody needs it here. */
const refForm = /^(?![-/.])(?!.*(?:\.\.|@\{|\/\/))[^\s~^:?*[\\\p{C}]{1,250}(?<![/.])$/u;
const hostWords: Readonly<Record<StartingFormat, string>> = {
  github: 'GitHub Actions',
  gitlab: 'GitLab CI/CD',
};

export async function startOf(
  ctx: Context,
  input: {
    readonly project: ProjectSlug;
    readonly format: StartingFormat;
    readonly events: readonly WebhookEventType[];
    readonly token?: string | undefined;
    readonly ref?: string | undefined;
  },
): Promise<{ readonly shown: string; readonly host: string; readonly content: WebhookContent }> {
  const { project, format, events } = input;
  if (events.some((type) => !type.startsWith('request.'))) {
    throw new WebhooksError(
      atField('events', {
        code: 'WEBHOOK_EVENTS_INVALID',
        message:
          'Events: a workflow or pipeline is started by what happens to requests, and by nothing else.',
        fix: 'Select events of requests only; the one that publishing follows is that a signed file was released.',
      }),
    );
  }
  const token = input.token?.trim() ?? '';
  if (!tokenForm.test(token)) {
    throw refused(
      'token',
      'Token: it is not one as the host shows it.',
      'Copy the whole token, without quotes.',
    );
  }
  const ref = format === 'gitlab' ? (input.ref?.trim() ?? '') : undefined;
  if (ref !== undefined && !refForm.test(ref)) {
    throw refused(
      'ref',
      'Branch or tag: it is not a name that Git allows.',
      'Enter the protected branch whose .gitlab-ci.yml publishes, such as main.',
    );
  }
  const accepted = await acceptedPolicy(ctx);
  const place =
    accepted === null ? null : startPlaceOf(ctx.config, accepted.snapshot, { project, policy: null, format });
  if (place === null) {
    throw refused(
      'format',
      `Format: no policy of ${project} that is in force has an origin of ${hostWords[format]} whose API is known.`,
      'Choose the host that the policy’s origin names. The operator can say where the API of a build system’s host is (publishing.hosts).',
    );
  }
  try {
    await ctx.poster.check(place.apiUrl);
  } catch (error) {
    if (!isError(error, PageFetchError)) throw error;
    throw refused(
      'format',
      `Format: ${error.message}`,
      'Hosts inside a private network can’t be reached by the portal.',
    );
  }
  return {
    shown: `${place.apiUrl}: ${format === 'github' ? 'repository_dispatch' : `pipeline of ${ref ?? ''}`}`,
    host: new URL(place.apiUrl).host,
    content: { url: '', secrets: [token], ...(ref === undefined ? {} : { ref }) },
  };
}

const refused = (field: string, message: string, fix: string): WebhooksError =>
  new WebhooksError(atField(field, { code: 'WEBHOOK_START_INVALID', message, fix }));
