export default function SendPage() {
  return <div className="page" />;
}
