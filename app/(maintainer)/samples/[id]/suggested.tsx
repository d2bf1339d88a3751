import type { SampleOutcome } from '#core/wire/sample/index.ts';
import type { Sample } from '../../../../lib/samples/index.ts';
import { ActionForm } from '../../../_components/action-form.tsx';
import { highlightYaml } from '../../../_components/highlight-yaml.ts';
import { Notice } from '../../../_components/notice.tsx';
import { openSuggestion } from './actions.ts';

/** The text, and a button that opens the editor of proposals with it. */
export function Suggested({
  sample,
  suggestion: { text, reasonsToWrite },
}: {
  readonly sample: Sample;
  readonly suggestion: NonNullable<SampleOutcome['suggestion']>;
}) {
  return (
    <section aria-labelledby="suggested">
      <h2 id="suggested" className="mt-10 text-2xl">
        The configuration that is suggested
      </h2>
      {reasonsToWrite === 0 ? null : (
        <Notice tone="waiting" title="It lacks reasons that only you know">
          Where it says TODO, write why files that nobody can look into may be there. Everybody will read it;
          until then the text doesn’t validate.
        </Notice>
      )}
      <div
        role="region"
        aria-label="Suggested configuration"
        tabIndex={0}
        className="mt-4 max-h-[32rem] overflow-auto rounded-lg border border-rule bg-sunken p-4"
      >
        <pre className="text-sm">
          <code>
            {highlightYaml(text).map((line, at) => (
              <span key={at} className="block min-h-[1lh]">
                {line.map((piece, index) => (
                  <span key={index} className={piece.classes}>
                    {piece.text}
                  </span>
                ))}
              </span>
            ))}
          </code>
        </pre>
      </div>
      {sample.project === null ? (
        <p className="mt-3 max-w-prose text-muted">
          It was dropped for no project. Copy the text for later: once your project is in the policy, drop the
          file for it, or paste this into a change.
        </p>
      ) : (
        <div className="max-w-xl">
          <ActionForm
            id="propose"
            action={openSuggestion}
            hidden={{ id: sample.id }}
            fields={[
              {
                kind: 'text',
                name: 'name',
                label: 'Name of the configuration',
                hint: 'One that is there is replaced by the change that you propose; another name adds one.',
                value: sample.configuration ?? 'package',
                required: true,
                charactersMax: 64,
                code: true,
              },
            ]}
            buttons={[{ label: 'Open it in the editor', pending: 'Opening…', intent: 'open' }]}
          />
        </div>
      )}
    </section>
  );
}
