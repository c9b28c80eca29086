import { useTexts } from "@designer/i18n/texts";
import { Notice } from "@sdk";

export default function VersionsPanel() {
  const text = useTexts();
  return <Notice icon="clock" title={text("frame.later")} />;
}
