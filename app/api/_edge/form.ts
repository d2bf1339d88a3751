import { BadRequest } from './problem.ts';

/** A form as browsers send it. Throws BadRequest FORM_INVALID. */
export async function formOf(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch (cause) {
    // Sent by an interrupted upload, or by a program; a failure to read it can't be distinguished from that.
    if (!(cause instanceof TypeError)) throw cause;
    throw new BadRequest({
      code: 'FORM_INVALID',
      message: 'The form arrived incomplete.',
      fix: 'Load the page again, and send the file from there.',
    });
  }
}
