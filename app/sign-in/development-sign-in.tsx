import { identityText } from '#core/identity/index.ts';
import { findByIdentity } from '#core/policy/index.ts';
import { developmentApplicants, rolesOf } from '../../lib/platform/auth/index.ts';
import type { PersonRoles } from '../../lib/platform/auth/index.ts';
import { acceptedPolicy } from '../../lib/platform/portal/index.ts';
import { GetForm } from '../_components/form/get-form.tsx';
import { readSearch } from '../_components/form/read-search.ts';
import type { Search } from '../_components/form/read-search.ts';
import { SearchWords } from '../_components/form/search-words.tsx';
import { SubmitButton } from '../_components/form/submit-button.tsx';
import { pageContext } from '../_components/page-context.ts';
import { signInForDevelopment } from './actions.ts';

/** A foundation may have thousands of people: this many are listed, the others are found by search. */
const shownMax = 50;
const label = 'Name or handle';

export const readWanted = (given: string | readonly string[] | undefined): Search =>
  readSearch(given, { name: 'q', label, charactersMax: 100 });

export async function DevelopmentSignIn({ to, wanted }: { readonly to: string; readonly wanted: Search }) {
  const accepted = await acceptedPolicy(await pageContext());
  const everybody = [...(accepted?.snapshot.people ?? [])];
  const words = wanted.text.toLowerCase();
  const found = everybody.filter(([handle, { value }]) =>
    `${handle} ${value.name}`.toLowerCase().includes(words),
  );
  const people =
    accepted === null
      ? []
      : found.slice(0, shownMax).map(([handle, person]) => ({
          key: handle,
          name: person.value.name,
          roles: describe(rolesOf(accepted.snapshot, handle)),
        }));
  const newcomers = developmentApplicants
    .filter(
      (applicant) =>
        (accepted === null || findByIdentity(accepted.snapshot, applicant.identity) === undefined) &&
        applicant.name.toLowerCase().includes(words),
    )
    .map((applicant) => ({
      key: identityText(applicant.identity),
      name: applicant.name,
      roles: 'not named in the policy: can apply for a project',
    }));
  return (
    <section
      aria-labelledby="development"
      className="mt-10 rounded-xl border-2 border-dashed border-seal p-5 sm:p-7"
    >
      <h2 id="development" className="text-xl">
        Development sign-in
      </h2>
      <p className="mt-2 text-muted">
        No password, so it proves nothing. It exists only on this machine’s own address, and no signature
        depends on it: approvals count by their SSH key.
      </p>
      {accepted === null ? (
        <p className="mt-4">People appear here once the signer has accepted a policy.</p>
      ) : (
        <>
          {everybody.length <= shownMax && wanted.error === null ? null : (
            <GetForm
              id="find-person"
              to="/sign-in"
              search
              hidden={{ to }}
              values={{ q: [wanted.typed] }}
              error={wanted.error}
            >
              <SearchWords
                name="q"
                label={label}
                value={wanted.typed}
                hint={`${people.length} of ${everybody.length} people are listed.`}
              />
              <div>
                <SubmitButton label="Find" pending="Find" />
              </div>
            </GetForm>
          )}
          <ul className="mt-5 grid gap-2">
            {[...people, ...newcomers].map((person) => (
              <li key={person.key}>
                <form action={signInForDevelopment}>
                  <input type="hidden" name="handle" value={person.key} />
                  <input type="hidden" name="to" value={to} />
                  <button
                    type="submit"
                    className="button button-quiet w-full flex-col items-start! gap-0.5! text-start"
                  >
                    <span>Sign in as {person.name}</span>
                    <span className="text-sm font-normal text-muted">{person.roles}</span>
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function describe(roles: PersonRoles): string {
  const inProjects = [...roles.projects].map(([project, list]) => `${list.join(', ')} of ${project}`);
  const all = [
    ...(roles.policyMaintainer ? ['policy maintainer'] : []),
    ...(roles.foundationReviewer ? ['reviewer'] : []),
    ...(roles.auditor ? ['auditor'] : []),
    ...inProjects,
  ];
  return all.length === 0 ? 'no role' : all.join('; ');
}
