import { Button } from "@sdk";
import { lateComponent } from "@sdk/late_component";
import { useState } from "react";
import { useTexts } from "./texts";

const BlockReview = lateComponent(async () => (await import("./BlockReview")).default);

/** Opens the review of the places that show an older version of a block. */
export function ReviewButton({ block }: { block: string }) {
  const text = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
        {text("open")}
      </Button>
      {open ? <BlockReview block={block} close={() => setOpen(false)} /> : null}
    </>
  );
}
