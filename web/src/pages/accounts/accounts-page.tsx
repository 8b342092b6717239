export default function AccountsPage() {
  return <div className="page" />;
}
