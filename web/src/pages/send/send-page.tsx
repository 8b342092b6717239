/** 发送消息: one message from accounts and groups to whoever it is for, and what becomes of it. */
import { Card } from 'antd';
import { useFilters } from '../../parts/filters.ts';
import { JobProgress } from './job-progress.tsx';
import { SendForm } from './send-form.tsx';
import './send.css';
import { useSendWords } from './words.ts';

export default function SendPage() {
  const text = useSendWords();
  const filters = useFilters();
  const job = filters.text('job');
  return (
    <div className="page send">
      <Card size="small">
        <SendForm accepted={(id) => filters.set({ job: id })} />
      </Card>
      <Card size="small" className="send-progress" title={text.progress}>
        {job === null ? (
          <p className="dim">{text.noJob}</p>
        ) : (
          <JobProgress key={job} id={job} close={() => filters.set({ job: null })} />
        )}
      </Card>
    </div>
  );
}
