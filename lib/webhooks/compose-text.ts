/** A message as text for people: for Slack's and Matrix's incoming webhooks. Pure. */
import type { WebhookEvent, WebhookFormat } from '#core/wire/webhook/index.ts';
import { webhookBody } from '#core/wire/webhook/index.ts';

const nameCharactersMax = 120;
const textCharactersMax = 500;

/** What others chose, on one line: control and format characters would let it pass for other text. */
export const line = (text: string, charactersMax = nameCharactersMax): string => {
  const plain = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > charactersMax ? `${plain.slice(0, charactersMax - 1).toWellFormed()}…` : plain;
};

/** The body that a webhook of this format is sent; what starts a workflow or pipeline is made of it as it is sent. */
export function bodyFor(format: WebhookFormat, event: WebhookEvent): string {
  switch (format) {
    case 'standard':
    case 'github':
    case 'gitlab':
      return webhookBody(event);
    case 'slack': {
      const { title, reason, url } = wordsOf(event);
      const text = [title, ...reason].map((part) => escapeSlack(unlinked(part))).join('\n');
      return JSON.stringify({ text: `${text}\n<${url}>` });
    }
    case 'matrix': {
      const { title, reason, url } = wordsOf(event);
      // @room would ring for everybody in it.
      const lines = [title, ...reason].map((text) => unlinked(text).replaceAll('@', '@\u200B'));
      const html = [...lines.map(escapeHtml), `<a href="${escapeHtml(url)}">${escapeHtml(url)}</a>`];
      return JSON.stringify({ text: [...lines, url].join('\n'), html: html.join('<br>') });
    }
  }
}

interface Words {
  readonly title: string;
  readonly reason: readonly string[];
  readonly url: string;
}

function wordsOf({ type, data }: WebhookEvent): Words {
  const { url, project } = data;
  switch (type) {
    case 'request.waiting':
      return { title: `${project}: ${line(data.artifact.name)} waits for approval`, reason: [], url };
    case 'request.completed':
      return { title: `${project}: ${line(data.artifact.name)} was released`, reason: [], url };
    case 'request.denied':
      return {
        title: `${project}: ${line(data.artifact.name)} was ${deniedWords[data.outcome]}`,
        reason: reasonOf(data),
        url,
      };
    case 'request.failed':
      return { title: `${project}: ${line(data.artifact.name)} failed`, reason: reasonOf(data), url };
    case 'request.delayed':
      return {
        title: `${project}: ${line(data.artifact.name)} waits for a service that is down`,
        reason: data.summary === null ? [] : [line(data.summary, textCharactersMax)],
        url,
      };
    case 'certificate.revoked':
      return {
        title: `${project}: the certificate ${line(data.certificate)} is revoked`,
        reason: [line(data.statement, textCharactersMax)],
        url,
      };
    case 'policy.accepted':
      return { title: `${project}: a new code-signing policy is in force`, reason: [], url };
    case 'webhook.test':
      return { title: `${project}: ${data.message}`, reason: [], url };
  }
}

const deniedWords = {
  denied: 'refused',
  cancelled: 'cancelled',
  superseded: 'replaced by a newer build',
} as const;

function reasonOf(data: Extract<WebhookEvent, { type: 'request.denied' | 'request.failed' }>['data']) {
  const [first] = data.findings;
  const reason = first?.message ?? data.summary;
  return reason === null ? [] : [line(reason, textCharactersMax)];
}

/** Chat programs make links of what looks like an address, in whatever format it comes. The only link is the one to the portal. */
const unlinked = (text: string): string => text.replaceAll(/:(?=\/\/)|\bwww(?=\.)/gi, '$&\u200B');

/** The three characters that Slack asks to be escaped: nothing is markup or a mention then. */
const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const escapeHtml = (text: string): string => escapeSlack(text).replaceAll('"', '&quot;');
