import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

interface ReceivedMail {
  /** Addresses of the envelope, with commas. */
  readonly to: string;
  /** As it came over the wire: header, blank line, content. */
  readonly text: string;
}

export interface TestMailServer {
  /** smtp://… */
  readonly url: string;
  /** Oldest first. */
  received: ReceivedMail[];
  /** Answers each message with an error, as a full mailbox does. */
  refuse: boolean;
  close(): Promise<void>;
}

/** A server of the test's own on loopback that speaks SMTP and keeps what it is sent. */
export async function startMailServer(): Promise<TestMailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (mails.refuse) {
          done(new Error('mailbox full'));
          return;
        }
        const to = session.envelope.rcptTo.map((address) => address.address).join();
        mails.received.push({ to, text: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const mails: TestMailServer = {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    received: [],
    refuse: false,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
  return mails;
}
