import { Form } from '../../../_components/form/form.tsx';
import { SubmitButton } from '../../../_components/form/submit-button.tsx';
import { Notice } from '../../../_components/notice.tsx';
import { PageTitle } from '../../../_components/page-title.tsx';
import { sendEdit } from './actions.ts';
import { editAddress } from '../_view/asked-file.ts';
import type { EditQuery } from '../_view/asked-file.ts';
import { KeptFields } from './kept-fields.tsx';

/**
 * The session ended while somebody wrote, and their browser runs no scripts: what they sent comes back, so that signing in
 * elsewhere and sending again is all they have to do.
 */
export function SignedOutEdit(props: { readonly here: string; readonly query: EditQuery }) {
  const sent = { path: '', number: '', base: '', draft: '' };
  return (
    <div className="page *:max-w-3xl">
      <PageTitle title="Your change" />
      <Notice tone="waiting" title="You have been signed out">
        <a className="link" href="/sign-in" target="_blank" rel="noreferrer">
          Sign in in another tab
        </a>
        , come back here and send this again.
      </Notice>
      <Form
        id="edit"
        action={sendEdit}
        permalink={editAddress(props.here, props.query)}
        hidden={sent}
        kept={Object.keys(sent)}
      >
        <KeptFields />
        <div>
          <SubmitButton name="intent" value="look" label="See what it means" pending="Looking…" />
        </div>
      </Form>
    </div>
  );
}
