// A server of node-opcua for the tests: settings as JSON in the first argument, commands as JSON lines on standard
// input, answers as JSON lines on standard output. It ends when its input ends. Plain JavaScript, as Node 20 runs no
// TypeScript by itself; this file is all of it.
import process from "node:process";
import readline from "node:readline";

import {
  DataType,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  StatusCodes,
} from "node-opcua";

const settings = JSON.parse(process.argv[2]);
const secured = settings.certificate !== undefined;

const manager = new OPCUACertificateManager({
  rootFolder: settings.pki,
  automaticallyAcceptUnknownCertificate: false,
});
await manager.initialize();

const server = new OPCUAServer({
  port: settings.port,
  hostname: "127.0.0.1",
  resourcePath: "/plant/",
  serverInfo: { applicationUri: "urn:test:node-server" },
  serverCertificateManager: manager,
  userCertificateManager: manager,
  certificateFile: settings.certificate,
  privateKeyFile: settings.key,
  securityModes: secured ? [MessageSecurityMode.SignAndEncrypt] : [MessageSecurityMode.None],
  securityPolicies: secured
    ? [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss, SecurityPolicy.Aes128_Sha256_RsaOaep]
    : [SecurityPolicy.None],
  allowAnonymous: settings.password === undefined,
  userManager: { isValidUser: (user, password) => user === "reader" && password === settings.password },
  serverCapabilities: {
    minSupportedSampleRate: 0, // every change is told where sampling_ms is 0
    operationLimits: { maxMonitoredItemsPerCall: settings.itemsPerCall, maxNodesPerRead: settings.nodesPerRead },
  },
});
await server.initialize();

const namespace = server.engine.addressSpace.registerNamespace("urn:test:plant");
const folder = namespace.addFolder(server.engine.addressSpace.rootFolder.objects, { browseName: "Line" });
const variables = new Map();

function add(name, first) {
  const variable = namespace.addVariable({
    organizedBy: folder,
    browseName: name,
    nodeId: `s=${name}`,
    dataType: "Double",
    minimumSamplingInterval: 0,
  });
  variable.setValueFromSource({ dataType: DataType.Double, value: first });
  variables.set(name, variable);
}

settings.names.forEach((name, number) => add(name, number));
await server.start();

function put(name, value) {
  variables.get(name).setValueFromSource({ dataType: DataType.Double, value }, StatusCodes.Good, new Date());
}

let driven;
const commands = {
  // Sets variables, one after the other: [[name, value], ...].
  set: (pairs) => pairs.forEach(([name, value]) => put(name, value)),
  add: (name) => add(name, 0),
  // Every `period_ms` sets the next of `parts` equal parts of the variables, to a number that always grows.
  drive: ({ period_ms, parts }) => {
    const names = [...variables.keys()];
    let step = 0;
    clearInterval(driven);
    driven = setInterval(() => {
      step += 1;
      for (let at = step % parts; at < names.length; at += parts) put(names[at], step);
    }, period_ms);
  },
};

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
say({ ready: settings.port });
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", (line) => {
  for (const [name, argument] of Object.entries(JSON.parse(line))) commands[name](argument);
  say({ done: true });
});
lines.on("close", () => process.exit(0));
