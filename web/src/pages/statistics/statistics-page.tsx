export default function StatisticsPage() {
  return <div className="page" />;
}
