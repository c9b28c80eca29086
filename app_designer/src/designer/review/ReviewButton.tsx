import { Button } from "@sdk";
import { lazy, Suspense, useState } from "react";
import { useTexts } from "./texts";

const BlockReview = lazy(() => import("./BlockReview"));

/** Opens the review of the places that show an older version of a block. */
export function ReviewButton({ block }: { block: string }) {
  const text = useTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-haspopup="dialog">
        {text("open")}
      </Button>
      {open ? (
        <Suspense>
          <BlockReview block={block} close={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
