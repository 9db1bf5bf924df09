import { endWithEachFile } from './at-end-of-file'

endWithEachFile()
