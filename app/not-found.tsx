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
        lead="Records are never deleted, so the address is probably mistyped."
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
