/** Sends e-mail through an SMTP server. */
import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { PortalConfig } from '../platform/config/index.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The same message sent twice has the same id, so that mail programs show it once. */
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MailTransport {
  /** Resolves once the server has taken it. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

const timeoutMilliseconds = 20_000;

/** `smtp://` requires STARTTLS, except for a server on this machine. */
export function openMailTransport(mail: NonNullable<PortalConfig['mail']>): MailTransport {
  const url = new URL(mail.smtp);
  const secure = url.protocol === 'smtps:';
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !local,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: timeoutMilliseconds,
    socketTimeout: timeoutMilliseconds,
    ...(mail.passwordFile === undefined
      ? {}
      : {
          auth: {
            user: decodeURIComponent(url.username),
            pass: readFileSync(mail.passwordFile, 'utf8').trim(),
          },
        }),
  });
  return {
    async send({ to, subject, text, messageId, headers }) {
      await transport.sendMail({
        from: mail.from,
        to: { name: '', address: to },
        subject,
        text,
        messageId,
        headers: { ...headers, 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => transport.close(),
  };
}
