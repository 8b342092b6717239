export default function RecordsPage() {
  return <div className="page" />;
}
