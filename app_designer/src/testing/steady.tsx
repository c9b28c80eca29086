import type { ComponentProps } from "@sdk";
import { render } from "@testing-library/react";
import { act, type ComponentType, Profiler } from "react";
import { blockProps } from "./block";
import { fakePlatform, Scene, sampleOf, signalFor, tagOf } from "./fakes";

/** A block on the value of one tag (0 to 100 °C, high from 75), with a count of how often React drew it. */
export function steadyScene<P>(View: ComponentType<ComponentProps<P>>, props: P, first: number) {
  const platform = fakePlatform();
  const tag = tagOf(7, { meta: { description: "Oil", span: [0, 100], limits: { hi: 75 } } });
  const inputs = { value: [signalFor(tag)] };
  const put = (v: number) => act(() => platform.services.store.put([[7, sampleOf(v)]], Date.now() * 1000));
  let renders = 0;
  const drawn = () => {
    renders += 1;
  };
  put(first);
  const scene = render(
    <Scene platform={platform}>
      <Profiler id="block" onRender={drawn}>
        <View {...blockProps({ props, inputs })} />
      </Profiler>
    </Scene>,
  );
  return { ...scene, put, renders: () => renders };
}
