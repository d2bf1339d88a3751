import { Empty } from '../../../_components/empty.tsx';
import { PageTitle } from '../../../_components/page-title.tsx';

export function ReviewersOnly() {
  return (
    <div className="page">
      <PageTitle title="Reviews" />
      <Empty title="This is for the foundation’s reviewers">
        The policy in force names who they are; your account is not among them.
      </Empty>
    </div>
  );
}
