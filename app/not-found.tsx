import type { Metadata } from 'next';
import Link from 'next/link';
import { SearchForm } from './_components/search-form.tsx';
import { PageTitle } from './_components/page-title.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <div className="page *:max-w-3xl">
      <PageTitle
        title="There is nothing at this address"
        lead="The address may be mistyped, or what was here is only for others or was removed when its time was over. Signing requests and policies are never deleted."
      />
      <div className="mt-6">
        <SearchForm />
      </div>
      <p className="mt-8">
        Or see all{' '}
        <Link className="link" href="/requests">
          signing requests
        </Link>{' '}
        and{' '}
        <Link className="link" href="/projects">
          projects
        </Link>
        .
      </p>
    </div>
  );
}
