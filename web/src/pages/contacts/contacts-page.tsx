export default function ContactsPage() {
  return <div className="page" />;
}
