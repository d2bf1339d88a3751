import type { PolicySection } from '#core/policy/index.ts';

/** A signing policy in plain sentences. */
export function PolicySections({ sections }: { readonly sections: readonly PolicySection[] }) {
  if (sections.length === 0) {
    return (
      <p className="mt-4 text-muted">Nothing is signed under this policy while the project is not active.</p>
    );
  }
  return (
    <dl className="mt-6 grid gap-x-10 gap-y-6 md:grid-cols-2">
      {sections.map((section) => (
        <div key={section.title} className="min-w-0 border-t border-rule pt-3">
          <dt className="font-semibold">{section.title}</dt>
          <dd className="mt-1 grid gap-1.5 break-words text-muted">
            {section.sentences.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
