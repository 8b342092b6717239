import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useCommon } from '../words/common.ts';

/** Catches what its children throw, so that one page's fault does not take the others with it. */
export class Broken extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <Complaint error={error} again={() => this.setState({ error: null })} />;
  }
}

function Complaint({ error, again }: { error: unknown; again: () => void }) {
  const common = useCommon();
  return (
    <div className="center" role="alert">
      <h2>{common.crashed}</h2>
      <p className="pre">{error instanceof Error ? error.message : String(error)}</p>
      <Button onClick={again}>{common.retry}</Button>
    </div>
  );
}
