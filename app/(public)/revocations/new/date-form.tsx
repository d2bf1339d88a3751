import Link from 'next/link';
import { formatTime } from '../../../_components/format.ts';
import { GetForm } from '../../../_components/form/get-form.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { TextField } from '../../../_components/form/text-fields.tsx';

/** One certificate, or all of a project that aren't revoked yet. */
export interface Asked {
  readonly serial: string;
  readonly project: string;
}

/** A time as an input of the browser has it, in UTC. */
export const minuteOf = (date: Date): string => date.toISOString().slice(0, 16);

/** The effective date. None is preselected: which signatures turn bad depends on it. */
export function DateForm(props: {
  readonly asked: Asked;
  /** As it was entered. */
  readonly text: string;
  /** null where nothing was entered, or nothing that can be taken. */
  readonly effectiveAt: Date | null;
  readonly now: Date;
}) {
  const { asked, text, effectiveAt, now } = props;
  const message = `Effective, in UTC: enter a time that has passed, such as ${minuteOf(now)}.`;
  const hidden = asked.project === '' ? { serial: asked.serial } : { project: asked.project };
  const query = new URLSearchParams({ ...hidden, effective: minuteOf(now) });
  return (
    <>
      <GetForm
        id="date"
        to="/revocations/new"
        hidden={hidden}
        values={{ effective: [text] }}
        error={
          text === '' || effectiveAt !== null
            ? null
            : { message, fix: '', fields: [{ field: 'effective', code: 'INVALID', message }] }
        }
        className="mt-4 flex flex-wrap items-end gap-4"
      >
        <TextField
          name="effective"
          label="Effective, in UTC"
          type="datetime-local"
          value={effectiveAt === null ? '' : text}
          required
          narrow
        />
        <SubmitButton label="See what it does" pending="See what it does" quiet />
      </GetForm>
      {effectiveAt !== null ? null : (
        <p className="mt-4 max-w-prose text-muted">
          Signatures that a timestamp proves to be older stay good. If nothing good was ever signed, choose
          the day the certificate was issued; if everything was fine until now, it is{' '}
          <Link className="link" href={`/revocations/new?${query.toString()}`}>
            {formatTime(now)}
          </Link>
          . Then you see here what it does, and can propose it.
        </p>
      )}
    </>
  );
}
