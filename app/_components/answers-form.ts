import { headers } from 'next/headers';

/** Whether this rendering is the answer to a form: then a redirect would lose what was typed. */
export async function answersForm(): Promise<boolean> {
  const sent = await headers();
  return sent.has('next-action') || (sent.get('content-type') ?? '').startsWith('multipart/form-data');
}
