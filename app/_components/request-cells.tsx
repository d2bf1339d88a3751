import Link from 'next/link';
import { Typed } from './typed.tsx';

/** What tables of requests and of releases have in common. */
export function ArtifactLink({ requestId, name }: { readonly requestId: string; readonly name: string }) {
  return (
    <Link href={`/requests/${requestId}`} className="link inline-block min-h-6 font-medium wrap-anywhere">
      <Typed>{name}</Typed>
    </Link>
  );
}

export function ProjectCell({ project, policy }: { readonly project: string; readonly policy: string }) {
  return (
    <td>
      <Link href={`/projects/${project}`} className="link inline-block min-h-6">
        {project}
      </Link>
      <span className="block text-sm text-muted">{policy}</span>
    </td>
  );
}
