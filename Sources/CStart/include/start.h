// Nothing to call: the program that links this sets up its threads before its libraries load.
#pragma once
