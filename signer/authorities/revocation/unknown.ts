/**
 * The socket for answers that can't be prepared: that no certificate has a serial number. The only input is a serial
 * number, and the only status ever answered is `unknown`.
 */
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { parseCertificateSerial, type CertificateSerial } from '#core/ids/index.ts';
import { AuthorityError } from './error.ts';

export interface UnknownPorts {
  /** null: the certificate exists, and its answer is a file. */
  readonly answer: (serial: CertificateSerial) => Promise<Uint8Array | null>;
  readonly perMinuteMax: number;
  readonly onFailure: (error: unknown) => void;
}

const rememberedMax = 1000;
/** Far less than the validity of an answer. */
const rememberedMilliseconds = 30 * 60_000;
const connectionsMax = 64;

/**
 * GET /<serial> on a Unix socket → 200 with the signed answer; 409 for what was issued; 429 above the rate limit; 400
 * for anything but a serial number. Throws LISTEN_FAILED.
 */
export async function serveUnknown(
  socket: string,
  { answer, perMinuteMax, onFailure }: UnknownPorts,
): Promise<{ close(): Promise<void> }> {
  const limit = new RateLimiterMemory({ points: perMinuteMax, duration: 60 });
  const remembered = new Map<string, { readonly bytes: Uint8Array; readonly until: number }>();

  const respond = async (path: string, response: ServerResponse): Promise<void> => {
    const serial = readSerial(path.slice(1));
    if (serial === null) {
      end(response, 400);
      return;
    }
    const known = remembered.get(serial);
    if (known !== undefined && known.until > Date.now()) {
      end(response, 200, known.bytes);
      return;
    }
    if ((await limit.consume('all').catch(() => null)) === null) {
      end(response, 429);
      return;
    }
    const bytes = await answer(serial);
    if (bytes === null) {
      end(response, 409);
      return;
    }
    const [oldest] = remembered.keys();
    if (remembered.size >= rememberedMax && oldest !== undefined) remembered.delete(oldest);
    remembered.delete(serial);
    remembered.set(serial, { bytes, until: Date.now() + rememberedMilliseconds });
    end(response, 200, bytes);
  };

  const server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
    request.resume();
    respond(request.url ?? '/', response).catch((error: unknown) => {
      onFailure(error);
      if (response.headersSent) response.destroy();
      else end(response, 503);
    });
  });
  server.maxConnections = connectionsMax;
  await mkdir(dirname(socket), { recursive: true });
  // Left by a killed process; the lock rules out a running one.
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AuthorityError('LISTEN_FAILED', `can't listen on ${socket}: correct answers.socket`, { cause }),
      ),
    );
    server.listen(socket, resolve);
  });
  // Accessible to the responder's account through a group.
  await chmod(socket, 0o660);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function readSerial(text: string): CertificateSerial | null {
  try {
    return parseCertificateSerial(text);
  } catch {
    return null;
  }
}

function end(response: ServerResponse, status: number, bytes: Uint8Array = new Uint8Array()): void {
  response.writeHead(status, { 'content-length': bytes.length });
  response.end(bytes);
}
