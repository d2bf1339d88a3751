// Generated from schemas/ by scripts/generate-types.mjs. Change the schema, not this file.

export type Kind = 'ArtifactConfiguration' | 'Foundation' | 'Person' | 'Project' | 'Revocation' | 'SigningPolicy' | 'TrustRoot';

/** The JSON Schemas by kind. */
export const schemas: Readonly<Record<Kind, object>> = {
  ArtifactConfiguration: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/artifact-configuration.schema.json",
    "title": "Artifact configuration",
    "description": "What a file must hold and which parts get signed. Every file inside a container must match an element; the first that matches decides, and what matches none is refused. File: projects/<slug>/artifacts/<name>.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "root"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "ArtifactConfiguration"
      },
      "parameters": {
        "description": "Values that texts in this file can use as ${name}. A ${ that is meant literally is written $${.",
        "type": "array",
        "minItems": 1,
        "maxItems": 50,
        "items": {
          "$ref": "#/$defs/Parameter"
        }
      },
      "root": {
        "$ref": "#/$defs/RootElement"
      }
    },
    "$defs": {
      "Parameter": {
        "description": "A value that texts in this file can use.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "name"
        ],
        "properties": {
          "name": {
            "description": "What stands between ${ and }: a letter, then letters, digits, - and _.",
            "type": "string",
            "maxLength": 64,
            "pattern": "^[A-Za-z][A-Za-z0-9_-]*$"
          },
          "description": {
            "description": "What the value is for.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "default": {
            "description": "The value where no request gives one; it is taken as it is, ${ in it means nothing. Where no request can give one, a value without default is empty.",
            "type": "string",
            "maxLength": 256,
            "pattern": "^[^\\x00-\\x1f\\x7f]*$"
          },
          "required": {
            "description": "Whether every request must give the value; false where left out. A value that requests give and that has no default, they must give in any case. A default without a pattern is never replaced.",
            "type": "boolean"
          },
          "pattern": {
            "description": "Requests may give the value, and this is how it must look: * stands for any text, ? for one character, case matters. Whatever the pattern, a value is 1 to 128 letters, digits, spaces and some punctuation, and never a pattern or a path itself.",
            "type": "string",
            "minLength": 1,
            "maxLength": 128,
            "pattern": "^[A-Za-z0-9 ._+@~,()=#&:!*?-]+$"
          }
        }
      },
      "RootElement": {
        "description": "The file that is submitted.",
        "type": "object",
        "discriminator": {
          "propertyName": "type"
        },
        "oneOf": [
          {
            "$ref": "#/$defs/RootContainer"
          },
          {
            "$ref": "#/$defs/RootZip"
          },
          {
            "$ref": "#/$defs/RootPe"
          },
          {
            "$ref": "#/$defs/RootMsi"
          },
          {
            "$ref": "#/$defs/RootAuthenticodePackage"
          },
          {
            "$ref": "#/$defs/RootAuthenticodeFile"
          },
          {
            "$ref": "#/$defs/RootNuget"
          },
          {
            "$ref": "#/$defs/RootJar"
          },
          {
            "$ref": "#/$defs/RootPackage"
          },
          {
            "$ref": "#/$defs/RootXml"
          },
          {
            "$ref": "#/$defs/RootOffice"
          },
          {
            "$ref": "#/$defs/RootOci"
          },
          {
            "$ref": "#/$defs/RootFile"
          }
        ]
      },
      "RootContainer": {
        "description": "An archive.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "The archive's format.",
            "enum": [
              "tar.gz",
              "tar"
            ]
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootZip": {
        "description": "A zip archive.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "A zip archive.",
            "const": "zip"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/JarSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootPe": {
        "description": "A Windows program or library (PE).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "A Windows program or library.",
            "const": "pe"
          },
          "metadata": {
            "$ref": "#/$defs/PeMetadata"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "requireSignedInside": {
            "$ref": "#/$defs/RequireSignedInside"
          },
          "opaque": {
            "$ref": "#/$defs/Opaque"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootMsi": {
        "description": "A Windows Installer file (msi, msm or msp).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "A Windows Installer file.",
            "const": "msi"
          },
          "metadata": {
            "$ref": "#/$defs/MsiMetadata"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "requireSignedInside": {
            "$ref": "#/$defs/RequireSignedInside"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootAuthenticodePackage": {
        "description": "A cabinet file or Windows app package.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "The format of the package.",
            "enum": [
              "cab",
              "appx",
              "msix"
            ]
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootAuthenticodeFile": {
        "description": "A security catalog or a script for Windows.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "The kind of file: catalog (cat: a list of digests, by which Windows takes the files of a driver as signed; each has to be in the same artifact), powershell (ps1, psm1, psd1 …), windows-script (js, vbs, wsf).",
            "enum": [
              "catalog",
              "powershell",
              "windows-script"
            ]
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootNuget": {
        "description": "A NuGet package (nupkg, snupkg).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "A NuGet package.",
            "const": "nuget"
          },
          "metadata": {
            "$ref": "#/$defs/NugetMetadata"
          },
          "verify": {
            "$ref": "#/$defs/VerifyNuget"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/NugetSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootJar": {
        "description": "A Java archive (jar, war, ear, aab).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "A Java archive.",
            "const": "jar"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "metadata": {
            "$ref": "#/$defs/JarMetadata"
          },
          "verify": {
            "$ref": "#/$defs/VerifyJar"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/JarSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "RootPackage": {
        "description": "A package in a format with a signature of its own.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "The format of the package: opc (vsix, xps), apk, rpm, deb.",
            "enum": [
              "opc",
              "apk",
              "rpm",
              "deb"
            ]
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/PackageSign"
          }
        }
      },
      "RootXml": {
        "description": "An XML document.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "An XML document.",
            "const": "xml"
          },
          "metadata": {
            "$ref": "#/$defs/XmlMetadata"
          },
          "sign": {
            "$ref": "#/$defs/XmlSign"
          }
        }
      },
      "RootOffice": {
        "description": "An Office document with macros.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "The format: office-oxml (docm, xlsm, pptm …), office-binary (doc, xls, ppt …).",
            "enum": [
              "office-oxml",
              "office-binary"
            ]
          },
          "sign": {
            "$ref": "#/$defs/OfficeSign"
          }
        }
      },
      "RootOci": {
        "description": "A container image, as an archive of the OCI image layout.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "An OCI image layout in an archive.",
            "const": "oci"
          },
          "sign": {
            "$ref": "#/$defs/OciSign"
          }
        }
      },
      "RootFile": {
        "description": "Any file.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type"
        ],
        "properties": {
          "type": {
            "description": "Any file.",
            "const": "file"
          },
          "verify": {
            "$ref": "#/$defs/VerifyOpenPgp"
          },
          "opaque": {
            "$ref": "#/$defs/Opaque"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/FileSign"
          },
          "follows": {
            "$ref": "#/$defs/Follows"
          }
        }
      },
      "Contents": {
        "description": "What the container holds; the order matters, the first element that matches decides.",
        "type": "array",
        "minItems": 1,
        "maxItems": 200,
        "items": {
          "$ref": "#/$defs/Element"
        }
      },
      "Element": {
        "description": "Files inside the container.",
        "type": "object",
        "discriminator": {
          "propertyName": "type"
        },
        "oneOf": [
          {
            "$ref": "#/$defs/ContainerElement"
          },
          {
            "$ref": "#/$defs/ZipElement"
          },
          {
            "$ref": "#/$defs/PeElement"
          },
          {
            "$ref": "#/$defs/MsiElement"
          },
          {
            "$ref": "#/$defs/AuthenticodePackageElement"
          },
          {
            "$ref": "#/$defs/AuthenticodeFileElement"
          },
          {
            "$ref": "#/$defs/NugetElement"
          },
          {
            "$ref": "#/$defs/JarElement"
          },
          {
            "$ref": "#/$defs/PackageElement"
          },
          {
            "$ref": "#/$defs/XmlElement"
          },
          {
            "$ref": "#/$defs/OfficeElement"
          },
          {
            "$ref": "#/$defs/OciElement"
          },
          {
            "$ref": "#/$defs/FileElement"
          },
          {
            "$ref": "#/$defs/DirectoryElement"
          },
          {
            "$ref": "#/$defs/SetElement"
          }
        ]
      },
      "ContainerElement": {
        "description": "An archive inside the archive.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "The archive's format.",
            "enum": [
              "tar.gz",
              "tar"
            ]
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "ZipElement": {
        "description": "Zip archives inside the archive.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "A zip archive.",
            "const": "zip"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/JarSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "PeElement": {
        "description": "Windows programs or libraries (PE).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "A Windows program or library.",
            "const": "pe"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "metadata": {
            "$ref": "#/$defs/PeMetadata"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "requireSignedInside": {
            "$ref": "#/$defs/RequireSignedInside"
          },
          "opaque": {
            "$ref": "#/$defs/Opaque"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "MsiElement": {
        "description": "Windows Installer files (msi, msm or msp).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "A Windows Installer file.",
            "const": "msi"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "metadata": {
            "$ref": "#/$defs/MsiMetadata"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "requireSignedInside": {
            "$ref": "#/$defs/RequireSignedInside"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "AuthenticodePackageElement": {
        "description": "Cabinet files or Windows app packages.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "The format of the package.",
            "enum": [
              "cab",
              "appx",
              "msix"
            ]
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "AuthenticodeFileElement": {
        "description": "Security catalogs or scripts for Windows.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "The kind of file: catalog (cat: a list of digests, by which Windows takes the files of a driver as signed; each has to be in the same artifact), powershell (ps1, psm1, psd1 …), windows-script (js, vbs, wsf).",
            "enum": [
              "catalog",
              "powershell",
              "windows-script"
            ]
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "verify": {
            "$ref": "#/$defs/Verify"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/AuthenticodeSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "NugetElement": {
        "description": "NuGet packages (nupkg, snupkg).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "A NuGet package.",
            "const": "nuget"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "metadata": {
            "$ref": "#/$defs/NugetMetadata"
          },
          "verify": {
            "$ref": "#/$defs/VerifyNuget"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/NugetSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "JarElement": {
        "description": "Java archives (jar, war, ear, aab).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "A Java archive.",
            "const": "jar"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "metadata": {
            "$ref": "#/$defs/JarMetadata"
          },
          "verify": {
            "$ref": "#/$defs/VerifyJar"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/JarSign"
          },
          "detached": {
            "$ref": "#/$defs/DetachedSign"
          }
        }
      },
      "PackageElement": {
        "description": "Packages in a format with a signature of its own.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "The format of the package: opc (vsix, xps), apk, rpm, deb.",
            "enum": [
              "opc",
              "apk",
              "rpm",
              "deb"
            ]
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/PackageSign"
          }
        }
      },
      "XmlElement": {
        "description": "XML documents.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "An XML document.",
            "const": "xml"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "metadata": {
            "$ref": "#/$defs/XmlMetadata"
          },
          "sign": {
            "$ref": "#/$defs/XmlSign"
          }
        }
      },
      "OfficeElement": {
        "description": "Office documents with macros.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "The format: office-oxml (docm, xlsm, pptm …), office-binary (doc, xls, ppt …).",
            "enum": [
              "office-oxml",
              "office-binary"
            ]
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "sign": {
            "$ref": "#/$defs/OfficeSign"
          }
        }
      },
      "OciElement": {
        "description": "Container images, as archives of the OCI image layout.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "An OCI image layout in an archive.",
            "const": "oci"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "sign": {
            "$ref": "#/$defs/OciSign"
          }
        }
      },
      "FileElement": {
        "description": "Files of any kind.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path"
        ],
        "properties": {
          "type": {
            "description": "Any file.",
            "const": "file"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "verify": {
            "$ref": "#/$defs/VerifyOpenPgp"
          },
          "opaque": {
            "$ref": "#/$defs/Opaque"
          },
          "upstream": {
            "$ref": "#/$defs/Upstream"
          },
          "sign": {
            "$ref": "#/$defs/FileSign"
          },
          "follows": {
            "$ref": "#/$defs/Follows"
          }
        }
      },
      "DirectoryElement": {
        "description": "A folder inside the container; the paths in its contents start there. Files in it that none of its contents match go on to the elements after it.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "path",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "A folder.",
            "const": "directory"
          },
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/ClickOnceSign"
          }
        }
      },
      "SetElement": {
        "description": "Several files that are treated alike.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "include",
          "each"
        ],
        "properties": {
          "type": {
            "description": "Several files that are treated alike.",
            "const": "set"
          },
          "include": {
            "description": "Which files; the order matters, the first that matches decides.",
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {
              "$ref": "#/$defs/Include"
            }
          },
          "each": {
            "$ref": "#/$defs/SetBody"
          }
        }
      },
      "Include": {
        "description": "Some of the files of a set.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "path"
        ],
        "properties": {
          "path": {
            "$ref": "#/$defs/PathPattern"
          },
          "matches": {
            "$ref": "#/$defs/Matches"
          },
          "metadata": {
            "$ref": "#/$defs/IncludeMetadata"
          }
        }
      },
      "SetBody": {
        "description": "What holds for every file of the set: an element without path and matches.",
        "type": "object",
        "discriminator": {
          "propertyName": "type"
        },
        "oneOf": [
          {
            "$ref": "#/$defs/RootContainer"
          },
          {
            "$ref": "#/$defs/RootZip"
          },
          {
            "$ref": "#/$defs/RootPe"
          },
          {
            "$ref": "#/$defs/RootMsi"
          },
          {
            "$ref": "#/$defs/RootAuthenticodePackage"
          },
          {
            "$ref": "#/$defs/RootAuthenticodeFile"
          },
          {
            "$ref": "#/$defs/RootNuget"
          },
          {
            "$ref": "#/$defs/RootJar"
          },
          {
            "$ref": "#/$defs/RootPackage"
          },
          {
            "$ref": "#/$defs/RootXml"
          },
          {
            "$ref": "#/$defs/RootOffice"
          },
          {
            "$ref": "#/$defs/RootOci"
          },
          {
            "$ref": "#/$defs/RootFile"
          },
          {
            "$ref": "#/$defs/SetDirectory"
          }
        ]
      },
      "SetDirectory": {
        "description": "A folder; the paths in its contents start there.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "contents"
        ],
        "properties": {
          "type": {
            "description": "A folder.",
            "const": "directory"
          },
          "contents": {
            "$ref": "#/$defs/Contents"
          },
          "sign": {
            "$ref": "#/$defs/ClickOnceSign"
          }
        }
      },
      "PathPattern": {
        "description": "Path inside the container, with / between parts. * and ? stay within one part, ** as a whole part spans parts. Case doesn't matter. ${name} stands for a parameter.",
        "type": "string",
        "minLength": 1,
        "maxLength": 512,
        "pattern": "^(?!/)(?!.*//)(?!(?:.*/)?\\.{1,2}(?:/|$))[^\\\\\\x00-\\x1f\\x7f]*(?<!/)$"
      },
      "Matches": {
        "description": "How many files match; exactly one where left out.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "min",
          "max"
        ],
        "properties": {
          "min": {
            "description": "The least number of files; 0 makes the element optional.",
            "type": "integer",
            "minimum": 0,
            "maximum": 100000
          },
          "max": {
            "description": "The greatest number of files: a whole number from 1 to 100000, or unbounded.",
            "oneOf": [
              {
                "type": "integer",
                "minimum": 1,
                "maximum": 100000
              },
              {
                "const": "unbounded"
              }
            ]
          }
        }
      },
      "PeMetadata": {
        "description": "What the version resource of the program must say, in every language it has.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "productName": {
            "description": "ProductName in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "productVersion": {
            "description": "ProductVersion in the version resource; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "fileVersion": {
            "description": "FileVersion in the version resource; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "companyName": {
            "description": "CompanyName in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "copyright": {
            "description": "LegalCopyright in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "originalFilename": {
            "description": "OriginalFilename in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "MsiMetadata": {
        "description": "What the Property table and the summary information of the installer must say.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "productName": {
            "description": "ProductName in the Property table; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "productVersion": {
            "description": "ProductVersion in the Property table; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "manufacturer": {
            "description": "Manufacturer in the Property table; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "productCode": {
            "description": "ProductCode in the Property table, with its braces; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "upgradeCode": {
            "description": "UpgradeCode in the Property table, with its braces; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "subject": {
            "description": "Subject in the summary information; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "author": {
            "description": "Author in the summary information; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "NugetMetadata": {
        "description": "What the .nuspec of the package must say.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "id": {
            "description": "Id of the package in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "version": {
            "description": "Version of the package in the .nuspec; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "authors": {
            "description": "Authors of the package in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "repositoryUrl": {
            "description": "Address of the source repository in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "repositoryCommit": {
            "description": "Commit of the source repository that the package was built from in the .nuspec; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "JarMetadata": {
        "description": "What the main section of the manifest must say.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "implementationTitle": {
            "description": "Implementation-Title in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "implementationVersion": {
            "description": "Implementation-Version in the manifest; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "implementationVendor": {
            "description": "Implementation-Vendor in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "mainClass": {
            "description": "Main-Class in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "bundleSymbolicName": {
            "description": "Bundle-SymbolicName in the manifest, without what follows a semicolon; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "bundleVersion": {
            "description": "Bundle-Version in the manifest; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "automaticModuleName": {
            "description": "Automatic-Module-Name in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "XmlMetadata": {
        "description": "What the document must be.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "rootElement": {
            "description": "Name of the root element.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "rootNamespace": {
            "description": "Namespace of the root element.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "IncludeMetadata": {
        "description": "What these files must say about themselves; each line takes the place of the same line in the set's metadata.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "productName": {
            "description": "ProductName in the version resource or the Property table; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "productVersion": {
            "description": "ProductVersion in the version resource or the Property table; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "fileVersion": {
            "description": "FileVersion in the version resource; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "companyName": {
            "description": "CompanyName in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "copyright": {
            "description": "LegalCopyright in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "originalFilename": {
            "description": "OriginalFilename in the version resource; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "manufacturer": {
            "description": "Manufacturer in the Property table; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "productCode": {
            "description": "ProductCode in the Property table, with its braces; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "upgradeCode": {
            "description": "UpgradeCode in the Property table, with its braces; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "subject": {
            "description": "Subject in the summary information; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "author": {
            "description": "Author in the summary information; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "implementationTitle": {
            "description": "Implementation-Title in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "implementationVersion": {
            "description": "Implementation-Version in the manifest; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "implementationVendor": {
            "description": "Implementation-Vendor in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "mainClass": {
            "description": "Main-Class in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "bundleSymbolicName": {
            "description": "Bundle-SymbolicName in the manifest, without what follows a semicolon; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "bundleVersion": {
            "description": "Bundle-Version in the manifest; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "automaticModuleName": {
            "description": "Automatic-Module-Name in the manifest; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "rootElement": {
            "description": "Name of the root element.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "rootNamespace": {
            "description": "Namespace of the root element.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "id": {
            "description": "Id of the package in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "version": {
            "description": "Version of the package in the .nuspec; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "authors": {
            "description": "Authors of the package in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "repositoryUrl": {
            "description": "Address of the source repository in the .nuspec; * stands for any text, case matters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "repositoryCommit": {
            "description": "Commit of the source repository that the package was built from in the .nuspec; * stands for any text.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          }
        },
        "minProperties": 1
      },
      "Verify": {
        "description": "What must be right before anything is signed. authenticode: the file carries a valid signature with a timestamp already, as a component from upstream does.",
        "enum": [
          "authenticode"
        ]
      },
      "RequireSignedInside": {
        "description": "Every program inside the installer has to be signed by this foundation already, or carry a valid signature of upstream. An installer that can't be opened is refused.",
        "const": true
      },
      "VerifyJar": {
        "description": "What must be right before anything is signed. jar: every file in the archive is covered by a valid signature of upstream already, as in a library that upstream signed.",
        "enum": [
          "jar"
        ]
      },
      "VerifyNuget": {
        "description": "What must be right before anything is signed. nuget: the package carries a valid signature of its author or of a package feed already.",
        "enum": [
          "nuget"
        ]
      },
      "VerifyOpenPgp": {
        "description": "What must be right before anything is signed. openpgp: upstream's signature lies beside the file (file.asc, file.sig), or around it where it is a clear-signed text, and is by a key in upstream.openpgpKeys.",
        "enum": [
          "openpgp"
        ]
      },
      "Upstream": {
        "description": "Whose file it is, more closely than the foundation’s roots say. With both lines, both have to hold.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "signers": {
            "description": "With `verify`: at least one of the signatures has to be by one of these, and all of them have to hold.",
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
              "$ref": "#/$defs/UpstreamSigner"
            }
          },
          "sha256": {
            "description": "SHA-256 digests of the files that are accepted, as they are submitted; of any others none is.",
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "uniqueItems": true,
            "items": {
              "type": "string",
              "pattern": "^[0-9a-f]{64}$",
              "maxLength": 64
            }
          },
          "openpgpKeys": {
            "description": "With verify: openpgp: at least one of the signatures has to be by one of these, and all that are by one of them have to hold.",
            "type": "array",
            "minItems": 1,
            "maxItems": 10,
            "items": {
              "$ref": "#/$defs/UpstreamOpenPgpKey"
            }
          }
        }
      },
      "UpstreamSigner": {
        "description": "A signer of upstream. What is written has to be what the certificate says, character by character.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "commonName": {
            "description": "Common name (CN) of the certificate’s subject; it has to have exactly one.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "pattern": "^[^$\\x00-\\x1f\\x7f]*$"
          },
          "organization": {
            "description": "Organization (O) of the certificate’s subject; it has to have exactly one.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "pattern": "^[^$\\x00-\\x1f\\x7f]*$"
          },
          "certificateSha256": {
            "description": "SHA-256 digest of the whole certificate: this one, and none that follows it.",
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "maxLength": 64
          }
        }
      },
      "UpstreamOpenPgpKey": {
        "description": "An OpenPGP key of upstream, version 4.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "fingerprint",
          "key"
        ],
        "properties": {
          "fingerprint": {
            "description": "Of the primary key: 40 digits, without blanks, as gpg --fingerprint shows it; what reviewers compare with what upstream publishes.",
            "type": "string",
            "maxLength": 40,
            "pattern": "^[0-9A-F]{40}$"
          },
          "key": {
            "description": "The key itself in armor, as gpg --armor --export-options export-minimal --export writes it. Keys that are revoked or have ended verify nothing: replace them by what upstream publishes now.",
            "type": "string",
            "minLength": 100,
            "maxLength": 49152,
            "pattern": "^-----BEGIN PGP PUBLIC KEY BLOCK-----\\r?\\n[\\x20-\\x7e\\r\\n]+-----END PGP PUBLIC KEY BLOCK-----\\r?\\n?$"
          }
        }
      },
      "Opaque": {
        "description": "The file holds what the signer can't open: an installer, an encrypted archive, a format it doesn't read. Without this such a file is refused as not scanned. It is still sent to the virus scanner, and the reason is shown on the policy's public page and in every request.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "reason"
        ],
        "properties": {
          "reason": {
            "description": "Why users may trust what nobody could scan; one or two sentences, 10 to 300 characters.",
            "type": "string",
            "minLength": 10,
            "maxLength": 300,
            "pattern": "^[^\\x00-\\x1f\\x7f]*$"
          }
        }
      },
      "AuthenticodeSign": {
        "description": "Sign with Authenticode.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "authenticode"
            ]
          },
          "description": {
            "description": "The program's name as Windows shows it when the program asks for more rights.",
            "type": "string",
            "minLength": 1,
            "maxLength": 256
          },
          "descriptionUrl": {
            "description": "Where users learn more about the program: an https:// address.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^https://[^\\s/?#@]+(?:[/?#][^\\s]*)?$"
          },
          "existingSignature": {
            "description": "What happens to a file that is already signed. refuse: the request is refused; this is also what happens where the line is left out. append: both stay. replace: the old one goes.",
            "enum": [
              "refuse",
              "append",
              "replace"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out. Two different ones: the file is signed twice, first by the first, and Windows sees both signatures.",
            "oneOf": [
              {
                "enum": [
                  "sha256",
                  "sha384",
                  "sha512"
                ]
              },
              {
                "type": "array",
                "minItems": 2,
                "maxItems": 2,
                "uniqueItems": true,
                "items": {
                  "enum": [
                    "sha256",
                    "sha384",
                    "sha512"
                  ]
                }
              }
            ]
          }
        }
      },
      "JarSign": {
        "description": "Sign as a JAR file.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "jar"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function of the signature; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          },
          "manifestHashAlgorithm": {
            "description": "The hash function for the entries in the manifest and the signature file; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          },
          "existingSignature": {
            "description": "What happens to an archive that is signed already: refuse (where left out) refuses it, append adds the new signature and keeps those that are there with the manifest as it is, replace takes them out.",
            "enum": [
              "refuse",
              "append",
              "replace"
            ]
          }
        }
      },
      "NugetSign": {
        "description": "Sign as the author of the package.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "nuget"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          },
          "existingSignature": {
            "description": "What happens to a package that is signed already: refuse (where left out) refuses it, replace takes the signature out, with a feed’s countersignature. A package has one signature, so none can be added.",
            "enum": [
              "refuse",
              "replace"
            ]
          }
        }
      },
      "PackageSign": {
        "description": "Sign with the package format's own signature.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature; it must be that of the type: opc, apk, rpm, and debsigs for deb.",
            "enum": [
              "opc",
              "apk",
              "rpm",
              "debsigs"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          }
        }
      },
      "XmlSign": {
        "description": "Sign with an XML signature in the document.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "xml"
            ]
          },
          "keyInfo": {
            "description": "Which certificates the signature carries; chain where left out.",
            "enum": [
              "none",
              "leaf",
              "chain",
              "chain-without-root"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          }
        }
      },
      "OfficeSign": {
        "description": "Sign the macros of the document.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "office-macro"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          }
        }
      },
      "OciSign": {
        "description": "Sign the image.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "notation",
              "cosign"
            ]
          }
        }
      },
      "ClickOnceSign": {
        "description": "Sign the ClickOnce manifests in the folder.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "clickonce"
            ]
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          }
        }
      },
      "Follows": {
        "description": "The file states digests or sizes of other files of the same container. After those are signed, the signer writes these values anew, and nothing else of the file. A file whose values are wrong before, or that can't be read whole, is refused.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "format"
        ],
        "properties": {
          "format": {
            "description": "What the file is: checksums (SHA256SUMS, checksums.txt, app.exe.sha256), electron-updater (latest.yml), electron-blockmap (app.exe.blockmap), tauri (latest.json, app.msi.sig: nothing in them can follow, so files that they list must not be signed), winget (installer manifest), scoop (manifest), spdx (SPDX 2.2 or 2.3 in JSON or as tags and values), cyclonedx (JSON).",
            "enum": [
              "checksums",
              "electron-updater",
              "electron-blockmap",
              "tauri",
              "winget",
              "scoop",
              "spdx",
              "cyclonedx"
            ]
          }
        }
      },
      "FileSign": {
        "description": "Sign a file of any kind in a container (zip, tar, tar.gz). The file stays as it is, and another one is put beside it: with cms, openpgp and raw it holds the signature, with dsse and smime an envelope with the content, too.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature.",
            "enum": [
              "cms",
              "openpgp",
              "raw",
              "dsse",
              "smime"
            ]
          },
          "outputFile": {
            "description": "Name of the file with the signature, beside the signed file; ${file.name} stands for the name of the signed file. Where left out, ${file.name} with the ending .p7s, .p7s.pem (cms as text), .dsse.json, .asc (openpgp), .sig (raw, and openpgp as binary).",
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "pattern": "^[^/\\\\\\x00-\\x1f\\x7f]+$"
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          },
          "encoding": {
            "description": "For cms: der (binary; where left out) or pem (text). For openpgp: armored (a signature as text; where left out), binary, or clear-signed (the text with its signature around it).",
            "enum": [
              "der",
              "pem",
              "armored",
              "binary",
              "clear-signed"
            ]
          },
          "payloadType": {
            "description": "For dsse: the type of the content. Where left out, application/vnd.in-toto+json for an in-toto statement, and application/octet-stream for anything else.",
            "type": "string",
            "minLength": 3,
            "maxLength": 255,
            "pattern": "^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$"
          }
        }
      },
      "DetachedSign": {
        "description": "A further signature in a file of its own, beside this one: over the file's bytes as it is released, after everything in it and the file itself was signed. The file has to be in a container (zip, tar, tar.gz).",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "method"
        ],
        "properties": {
          "method": {
            "description": "The kind of signature: cms with the key of the certificate, openpgp and raw with the project's own.",
            "enum": [
              "cms",
              "openpgp",
              "raw"
            ]
          },
          "outputFile": {
            "description": "Name of the file with the signature, beside the signed file; ${file.name} stands for the name of the signed file. Where left out, ${file.name} with the ending .p7s, .p7s.pem (cms as text), .asc (openpgp), .sig (raw, and openpgp as binary).",
            "type": "string",
            "minLength": 1,
            "maxLength": 256,
            "pattern": "^[^/\\\\\\x00-\\x1f\\x7f]+$"
          },
          "hashAlgorithm": {
            "description": "The hash function; sha256 where left out.",
            "enum": [
              "sha256",
              "sha384",
              "sha512"
            ]
          },
          "encoding": {
            "description": "For cms: der (binary; where left out) or pem (text). For openpgp: armored (text; where left out) or binary.",
            "enum": [
              "der",
              "pem",
              "armored",
              "binary"
            ]
          }
        }
      }
    }
  },
  Foundation: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/foundation.schema.json",
    "title": "Foundation",
    "description": "The foundation that holds the certificates: its name, the subject on its certificates and what no project may go under. File: foundation.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "name",
      "homepage",
      "subject",
      "programs"
    ],
    "properties": {
      "apiVersion": {
        "$ref": "#/$defs/ApiVersion"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "Foundation"
      },
      "name": {
        "description": "The foundation's name as people see it.",
        "type": "string",
        "minLength": 1,
        "maxLength": 64
      },
      "homepage": {
        "$ref": "#/$defs/HttpsUrl",
        "description": "The foundation's home page."
      },
      "securityContact": {
        "description": "Where to report misuse of a certificate: an https:// or mailto: address.",
        "type": "string",
        "maxLength": 300,
        "pattern": "^(?:https://|mailto:)[^\\s]+$"
      },
      "subject": {
        "$ref": "#/$defs/Subject"
      },
      "programs": {
        "description": "The certificate programs that the foundation runs.",
        "type": "array",
        "minItems": 1,
        "maxItems": 2,
        "uniqueItems": true,
        "items": {
          "$ref": "#/$defs/Program"
        }
      },
      "floors": {
        "$ref": "#/$defs/Floors"
      },
      "policyFreshness": {
        "$ref": "#/$defs/PolicyFreshness"
      },
      "projectCertificates": {
        "description": "Whether a project may sign with a certificate of its own, which a public authority issued in the project's name for a key on the foundation's token. Left out: refused.",
        "enum": [
          "refused",
          "allowed"
        ]
      },
      "renewal": {
        "description": "The key of a certificate's successor. same-key: that of the certificate before, so that what users and programs have learned about the publisher's key stays; as long as that certificate wasn't revoked. new-key: a key of its own. Left out: new-key.",
        "enum": [
          "new-key",
          "same-key"
        ]
      },
      "renewalNoticeDays": {
        "description": "For how many days a successor is on the project's page before it signs. Left out: 14.",
        "type": "integer",
        "minimum": 0,
        "maximum": 45
      },
      "admission": {
        "$ref": "#/$defs/Admission"
      }
    },
    "$defs": {
      "Admission": {
        "description": "How projects come to the foundation: what it offers, whom, and what it asks. Shown to applicants before they start; the signer decides nothing by it. Left out: the portal takes no applications.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "programs",
          "eligibility",
          "obligations"
        ],
        "properties": {
          "summary": {
            "description": "What the foundation gives and to whom, in a few sentences.",
            "type": "string",
            "minLength": 1,
            "maxLength": 1000
          },
          "answerDays": {
            "description": "In how many days an applicant hears from a reviewer.",
            "type": "integer",
            "minimum": 1,
            "maximum": 365
          },
          "reviewAgainDays": {
            "description": "After how many days an accepted project is looked at again. Left out: after a year.",
            "type": "integer",
            "minimum": 30,
            "maximum": 1825
          },
          "programs": {
            "description": "What projects can apply for; each one of the foundation's programs.",
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "items": {
              "$ref": "#/$defs/AdmissionProgram"
            }
          },
          "eligibility": {
            "description": "Questions that are asked before anything else, in this order.",
            "type": "array",
            "maxItems": 20,
            "items": {
              "$ref": "#/$defs/EligibilityQuestion"
            }
          },
          "obligations": {
            "description": "What an accepted project promises to do.",
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "items": {
              "$ref": "#/$defs/Obligation"
            }
          },
          "otherTracks": {
            "description": "Where those are sent whom this application is not for.",
            "type": "array",
            "maxItems": 10,
            "items": {
              "$ref": "#/$defs/OtherTrack"
            }
          },
          "criteria": {
            "description": "What reviewers judge, one by one, each with the evidence they cite.",
            "type": "array",
            "maxItems": 20,
            "items": {
              "$ref": "#/$defs/Criterion"
            }
          }
        }
      },
      "AdmissionProgram": {
        "description": "One program as applicants see it.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "program",
          "title",
          "summary",
          "reputationReview",
          "reviewers"
        ],
        "properties": {
          "program": {
            "$ref": "#/$defs/Program"
          },
          "title": {
            "description": "Its name.",
            "type": "string",
            "minLength": 1,
            "maxLength": 80
          },
          "summary": {
            "description": "For which software it is and what it asks.",
            "type": "string",
            "minLength": 1,
            "maxLength": 1000
          },
          "reputationReview": {
            "description": "Whether the project's reputation is reviewed.",
            "type": "boolean"
          },
          "reviewers": {
            "description": "How many reviewers have to accept a project.",
            "type": "integer",
            "minimum": 1,
            "maximum": 5
          }
        }
      },
      "EligibilityQuestion": {
        "description": "A question with yes or no.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "question",
          "wanted",
          "reason"
        ],
        "properties": {
          "id": {
            "$ref": "#/$defs/Id"
          },
          "question": {
            "description": "As it is asked.",
            "type": "string",
            "minLength": 1,
            "maxLength": 200
          },
          "hint": {
            "description": "What is meant by it.",
            "type": "string",
            "minLength": 1,
            "maxLength": 600
          },
          "wanted": {
            "description": "The answer with which one goes on.",
            "enum": [
              "yes",
              "no"
            ]
          },
          "reason": {
            "description": "Why the other answer ends the application.",
            "type": "string",
            "minLength": 1,
            "maxLength": 600
          },
          "evidence": {
            "description": "Which collected signals reviewers see beside the answer: licence (what the application, the host and the files name), dual-licensing (words and files that go with licences for sale), sponsorship (funding, and companies that own or hold copyright). They decide nothing.",
            "type": "array",
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "enum": [
                "licence",
                "dual-licensing",
                "sponsorship"
              ]
            }
          },
          "alternatives": {
            "description": "What to do instead, each a sentence.",
            "type": "array",
            "maxItems": 10,
            "items": {
              "type": "string",
              "minLength": 1,
              "maxLength": 300
            }
          }
        }
      },
      "Obligation": {
        "description": "One promise.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "title",
          "text"
        ],
        "properties": {
          "id": {
            "$ref": "#/$defs/Id"
          },
          "title": {
            "description": "In a few words.",
            "type": "string",
            "minLength": 1,
            "maxLength": 120
          },
          "text": {
            "description": "In full.",
            "type": "string",
            "minLength": 1,
            "maxLength": 1000
          }
        }
      },
      "OtherTrack": {
        "description": "Another way to the foundation.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "title",
          "text",
          "contact"
        ],
        "properties": {
          "title": {
            "description": "For whom it is.",
            "type": "string",
            "minLength": 1,
            "maxLength": 120
          },
          "text": {
            "description": "What they get.",
            "type": "string",
            "minLength": 1,
            "maxLength": 600
          },
          "contact": {
            "description": "An https:// or mailto: address.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^(?:https://|mailto:)[^\\s]+$"
          }
        }
      },
      "Criterion": {
        "description": "One thing that reviewers judge.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "title",
          "text"
        ],
        "properties": {
          "id": {
            "$ref": "#/$defs/Id"
          },
          "title": {
            "description": "In a few words.",
            "type": "string",
            "minLength": 1,
            "maxLength": 120
          },
          "text": {
            "description": "What meets it.",
            "type": "string",
            "minLength": 1,
            "maxLength": 600
          },
          "programs": {
            "description": "The programs that it is for; all of them where left out.",
            "type": "array",
            "minItems": 1,
            "maxItems": 2,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Program"
            }
          }
        }
      },
      "Id": {
        "description": "1 to 40 lower-case letters, digits and inner hyphens.",
        "type": "string",
        "maxLength": 40,
        "pattern": "^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
      },
      "ApiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "HttpsUrl": {
        "description": "An https:// address.",
        "type": "string",
        "maxLength": 300,
        "pattern": "^https://[^\\s/?#@]+(?:[/?#][^\\s]*)?$"
      },
      "Program": {
        "description": "executables: programs, installers and libraries get signed. components: libraries only; the signer tells them by content, and refuses what users start or install.",
        "enum": [
          "executables",
          "components"
        ]
      },
      "Subject": {
        "description": "The distinguished name on every certificate of the foundation.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "organization"
        ],
        "properties": {
          "organization": {
            "description": "O: the legal name. X.520 allows 64 characters.",
            "type": "string",
            "minLength": 1,
            "maxLength": 64
          },
          "country": {
            "description": "C: two upper-case letters (ISO 3166-1).",
            "type": "string",
            "maxLength": 2,
            "pattern": "^[A-Z]{2}$"
          },
          "state": {
            "description": "ST: state or province.",
            "type": "string",
            "minLength": 1,
            "maxLength": 64
          },
          "locality": {
            "description": "L: town.",
            "type": "string",
            "minLength": 1,
            "maxLength": 64
          }
        }
      },
      "PolicyFreshness": {
        "description": "How old the policy in force may get. Its date is that of its newest commit, so a Git host that withholds newer ones is noticed; where nothing changes, policy maintainers confirm the policy.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "alarmDays"
        ],
        "properties": {
          "alarmDays": {
            "description": "Older than so many days, it raises the alarm. 90 where policyFreshness is left out.",
            "type": "integer",
            "minimum": 1,
            "maximum": 730
          },
          "stopDays": {
            "description": "Older than so many days, nothing is signed under it: requests wait until it is confirmed. Left out: the alarm is all.",
            "type": "integer",
            "minimum": 2,
            "maximum": 1095
          }
        }
      },
      "Floors": {
        "description": "The least that every project must ask for, by the purpose of its policies.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "releaseQuorum": {
            "description": "Every release policy needs at least this many approvals; the same as release.quorumMin.",
            "type": "integer",
            "minimum": 1,
            "maximum": 10
          },
          "release": {
            "$ref": "#/$defs/PolicyFloor"
          },
          "test": {
            "$ref": "#/$defs/PolicyFloor"
          }
        }
      },
      "PolicyFloor": {
        "description": "What every policy of one purpose must ask for at least.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "origin": {
            "description": "required: the policy names where files are built.",
            "enum": [
              "required"
            ]
          },
          "runner": {
            "description": "github-hosted: builds run on fresh machines of the build system.",
            "enum": [
              "github-hosted"
            ]
          },
          "reruns": {
            "description": "refused: no policy may allow repeated attempts of a run.",
            "enum": [
              "refused"
            ]
          },
          "builder": {
            "description": "required: the policy pins a reusable builder.",
            "enum": [
              "required"
            ]
          },
          "attestations": {
            "description": "provenance: no policy accepts a bare signature over the file as proof of a build.",
            "enum": [
              "provenance"
            ]
          },
          "environment": {
            "description": "required: the policy names the deployment environment that builds run in.",
            "enum": [
              "required"
            ]
          },
          "visibility": {
            "description": "public: no policy accepts builds of a repository that is not public.",
            "enum": [
              "public"
            ]
          },
          "maximumAgeHours": {
            "description": "No build may be older than this many hours when it is signed. It applies to every policy that sets no origin.maximumAgeHours, and none may set more.",
            "type": "integer",
            "minimum": 1,
            "maximum": 8784
          },
          "scan": {
            "description": "required: every file is scanned for malware.",
            "enum": [
              "required"
            ]
          },
          "opaque": {
            "description": "refused: no artifact configuration may declare a file as opaque to the scanner. Default: allowed.",
            "enum": [
              "allowed",
              "refused"
            ]
          },
          "timestamp": {
            "description": "required: every signature carries a timestamp.",
            "enum": [
              "required"
            ]
          },
          "quorumMin": {
            "description": "The policy requires at least this many approvals.",
            "type": "integer",
            "minimum": 0,
            "maximum": 10
          },
          "submitterMayApprove": {
            "description": "false: no policy counts the approval of the person who submitted the request.",
            "const": false
          },
          "productNameAndVersion": {
            "description": "required: the artifact configuration specifies product name and version of every Windows program that it signs.",
            "enum": [
              "required"
            ]
          },
          "refs": {
            "description": "tags: builds of tags alone, so that what is released can be found again by its name.",
            "enum": [
              "tags"
            ]
          }
        }
      }
    }
  },
  Person: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/person.schema.json",
    "title": "Person",
    "description": "Someone who approves, reviews or maintains policies. File: people/<handle>.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "name",
      "approvalKeys"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "Person"
      },
      "name": {
        "description": "The name that people see.",
        "type": "string",
        "minLength": 1,
        "maxLength": 100
      },
      "identities": {
        "$ref": "#/$defs/Identities"
      },
      "githubId": {
        "description": "The older form of identities, for an account on GitHub. A file has one of the two.",
        "type": "string",
        "maxLength": 19,
        "pattern": "^[1-9][0-9]{0,18}$"
      },
      "roles": {
        "description": "Roles in the foundation. reviewer: decides on applications. auditor: reads what was done and decided, without what applicants and reporters wrote, and exports it. Roles in a project are in its project.yaml.",
        "type": "array",
        "maxItems": 5,
        "uniqueItems": true,
        "items": {
          "enum": [
            "reviewer",
            "auditor"
          ]
        }
      },
      "approvalKeys": {
        "description": "The public keys whose signatures count as this person's approval.",
        "type": "array",
        "maxItems": 10,
        "items": {
          "$ref": "#/$defs/ApprovalKey"
        }
      }
    },
    "if": {
      "properties": {
        "githubId": {}
      },
      "required": [
        "githubId"
      ]
    },
    "then": {
      "properties": {
        "identities": {
          "description": "Keep one of the two: identities with github: and the number, and remove githubId, its older form.",
          "not": {}
        }
      }
    },
    "else": {
      "properties": {
        "identities": {}
      },
      "required": [
        "identities"
      ]
    },
    "$defs": {
      "Identities": {
        "description": "The accounts by which this person is known: the name of the host, and the account's id there.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "github": {
            "description": "The account's numeric id on GitHub, in quotes. Logins get reused, ids don't: https://api.github.com/users/<login> shows it.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          },
          "gitlab": {
            "description": "The account's numeric id on GitLab, in quotes. User names get reused, ids don't: https://gitlab.com/api/v4/users?username=<name> shows it.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          }
        }
      },
      "ApprovalKey": {
        "description": "A public key.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "type",
          "publicKey"
        ],
        "properties": {
          "type": {
            "description": "The kind of key.",
            "enum": [
              "ssh"
            ]
          },
          "publicKey": {
            "description": "An OpenSSH public key on one line, as in id_ed25519.pub: type, base64, comment. Ed25519, ECDSA on a NIST curve, or RSA with at least 3072 bits.",
            "type": "string",
            "maxLength": 4096,
            "pattern": "^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}(?: [ -~]{1,200})?$"
          }
        }
      }
    }
  },
  Project: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/project.schema.json",
    "title": "Project",
    "description": "A project that the foundation signs for. File: projects/<slug>/project.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "name",
      "tagline",
      "description",
      "repository",
      "homepage",
      "licence",
      "program",
      "status",
      "team",
      "privacy"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "Project"
      },
      "name": {
        "description": "The project's name as people see it.",
        "type": "string",
        "minLength": 1,
        "maxLength": 64
      },
      "tagline": {
        "description": "One line.",
        "type": "string",
        "minLength": 1,
        "maxLength": 140
      },
      "description": {
        "description": "What the program does, in a few sentences and independent of its version.",
        "type": "string",
        "minLength": 1,
        "maxLength": 2000
      },
      "repository": {
        "$ref": "#/$defs/Repository"
      },
      "homepage": {
        "$ref": "#/$defs/HttpsUrl",
        "description": "The project's home page."
      },
      "download": {
        "$ref": "#/$defs/HttpsUrl",
        "description": "The page where releases are offered."
      },
      "licence": {
        "description": "SPDX licence expression, for example MIT or Apache-2.0 OR MIT. Of an active project, the Open Source Initiative has to have approved it: of licences joined by AND all, of those joined by OR one.",
        "type": "string",
        "maxLength": 120,
        "pattern": "^[A-Za-z0-9(][A-Za-z0-9.+() -]*$"
      },
      "program": {
        "description": "executables: programs, installers and libraries get signed. components: libraries only; the signer tells them by content, and refuses what users start or install.",
        "enum": [
          "executables",
          "components"
        ]
      },
      "category": {
        "description": "What the software is for: how people browse the directory. It decides nothing.",
        "enum": [
          "accessibility",
          "communication",
          "databases",
          "development",
          "education",
          "games",
          "graphics",
          "media",
          "network",
          "office",
          "science",
          "security",
          "system"
        ]
      },
      "status": {
        "description": "active: requests are signed. paused: requests are refused for now. retired: refused for good.",
        "enum": [
          "active",
          "paused",
          "retired"
        ]
      },
      "team": {
        "$ref": "#/$defs/Team"
      },
      "privacy": {
        "$ref": "#/$defs/Privacy"
      },
      "systemChanges": {
        "$ref": "#/$defs/SystemChanges"
      }
    },
    "$defs": {
      "HttpsUrl": {
        "description": "An https:// address.",
        "type": "string",
        "maxLength": 300,
        "pattern": "^https://[^\\s/?#@]+(?:[/?#][^\\s]*)?$"
      },
      "Repository": {
        "description": "The source repository. Names get reused, numeric ids don't: https://api.github.com/repos/<owner>/<name> shows id and owner.id.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "uri",
          "id",
          "ownerId"
        ],
        "properties": {
          "uri": {
            "description": "Address of the repository, without .git and without a final slash.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^https://[^\\s/?#@]+(?:/[^\\s/?#@]+)+$"
          },
          "id": {
            "description": "The repository's numeric id, in quotes.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          },
          "ownerId": {
            "description": "The owner's numeric id, in quotes.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          }
        }
      },
      "Team": {
        "description": "Who is who in the project; handles of people.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "authors",
          "reviewers",
          "approvers"
        ],
        "properties": {
          "authors": {
            "$ref": "#/$defs/Handles",
            "description": "May change the source without another's review."
          },
          "reviewers": {
            "$ref": "#/$defs/Handles",
            "description": "Review changes by others."
          },
          "approvers": {
            "$ref": "#/$defs/Handles",
            "description": "May approve a release. Signing policies choose from these."
          },
          "submitters": {
            "$ref": "#/$defs/Handles",
            "description": "Hand in requests. A role for people: the signer does not decide by it."
          },
          "configurators": {
            "$ref": "#/$defs/Handles",
            "description": "Look after the project’s policies. A role for people: the signer does not decide by it."
          }
        }
      },
      "Handles": {
        "description": "Handles of people, each a file people/<handle>.yaml.",
        "type": "array",
        "maxItems": 50,
        "uniqueItems": true,
        "items": {
          "description": "1 to 64 lower-case letters, digits and inner hyphens.",
          "type": "string",
          "maxLength": 64,
          "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
        }
      },
      "Privacy": {
        "description": "Exactly one of: collectsData: false (the program sends nothing to anybody unless the user asks for it), or policy: the address of the privacy policy.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
          "collectsData": {
            "description": "The program sends nothing unless the user asks for it.",
            "const": false
          },
          "policy": {
            "$ref": "#/$defs/HttpsUrl",
            "description": "The project's privacy policy."
          }
        }
      },
      "SystemChanges": {
        "description": "Exactly one of: makesChanges: false (the program changes nothing on the system beyond its own files and settings), or description: the address of the page that announces its changes and says how to undo them.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {
          "makesChanges": {
            "description": "The program changes nothing beyond its own files and settings.",
            "const": false
          },
          "description": {
            "$ref": "#/$defs/HttpsUrl",
            "description": "The page that announces the changes and says how to uninstall."
          }
        }
      }
    }
  },
  Revocation: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/revocation.schema.json",
    "title": "Revocation",
    "description": "A certificate that is no longer to be trusted, from when on and why. It is never taken back: a project that is reinstated (`reinstated`) gets a new certificate. File: revocations/<serial>.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "serial",
      "project",
      "certificate",
      "trigger",
      "reason",
      "effectiveAt",
      "statement"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "Revocation"
      },
      "serial": {
        "description": "The certificate's serial number in lower-case hexadecimal digits, as in the file's name.",
        "type": "string",
        "minLength": 2,
        "maxLength": 40,
        "pattern": "^(?:0[1-9a-f]|[1-9a-f][0-9a-f])(?:[0-9a-f]{2})*$"
      },
      "project": {
        "description": "Slug of the project whose certificate it is.",
        "type": "string",
        "maxLength": 64,
        "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
      },
      "certificate": {
        "description": "The certificate's name in the project's signing policies.",
        "type": "string",
        "maxLength": 64,
        "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
      },
      "trigger": {
        "description": "What happened: the foundation's conditions were breached, the key is or may be in others' hands, malware was signed, the project asked for it, or the project left.",
        "enum": [
          "conditions-breached",
          "key-compromised",
          "malware",
          "project-request",
          "delisted"
        ]
      },
      "reason": {
        "description": "The reason in the revocation list (RFC 5280, section 5.3.1). keyCompromise also blocks the key itself, in every certificate.",
        "enum": [
          "keyCompromise",
          "affiliationChanged",
          "superseded",
          "cessationOfOperation",
          "privilegeWithdrawn"
        ]
      },
      "effectiveAt": {
        "description": "From when on signatures are bad, in UTC to the second. What was timestamped before stays good. It may lie before the decision.",
        "type": "string",
        "maxLength": 20,
        "pattern": "^20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
      },
      "noticedAt": {
        "description": "When the foundation learned of it: the clock of its duty to revoke starts then.",
        "type": "string",
        "maxLength": 20,
        "pattern": "^20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
      },
      "statement": {
        "description": "What the public is told: what happened, which files are concerned, what to do.",
        "type": "string",
        "minLength": 1,
        "maxLength": 2000
      },
      "advisory": {
        "description": "Address of a page that says more.",
        "type": "string",
        "maxLength": 300,
        "pattern": "^https://[^\\s]+$"
      },
      "reinstated": {
        "description": "After an appeal or another look: the project may have certificates again. This one stays revoked.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "decidedAt",
          "statement"
        ],
        "properties": {
          "decidedAt": {
            "description": "When it was decided, in UTC to the second.",
            "type": "string",
            "maxLength": 20,
            "pattern": "^20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$"
          },
          "statement": {
            "description": "What the public is told: why the project is trusted again.",
            "type": "string",
            "minLength": 1,
            "maxLength": 2000
          }
        }
      }
    }
  },
  SigningPolicy: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/signing-policy.schema.json",
    "title": "Signing policy",
    "description": "What must be true before a file of a project is signed. A project may have any number of policies. File: projects/<slug>/policies/<policy>.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "purpose",
      "certificate",
      "artifactConfiguration",
      "scan",
      "approval",
      "timestamp"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "SigningPolicy"
      },
      "description": {
        "description": "What this policy is for, in a sentence or two; shown on its public page.",
        "type": "string",
        "minLength": 1,
        "maxLength": 500
      },
      "purpose": {
        "description": "release: trusted by users, needs an origin, an approval and a timestamp. test: for trying out; signed with a test certificate that nobody trusts.",
        "enum": [
          "release",
          "test"
        ]
      },
      "certificate": {
        "$ref": "#/$defs/Slug",
        "description": "Name of the project's certificate in the signer's key registry."
      },
      "publisher": {
        "description": "Whose name the certificate carries. foundation: the foundation's, which issued it or had it issued. project: the project's own, for which the foundation isn't responsible; only if foundation.yaml says projectCertificates: allowed. Default: foundation.",
        "enum": [
          "foundation",
          "project"
        ]
      },
      "artifactConfiguration": {
        "$ref": "#/$defs/Slug",
        "description": "What the file must contain: the name of projects/<slug>/artifacts/<name>.yaml."
      },
      "submitters": {
        "$ref": "#/$defs/Submitters"
      },
      "origin": {
        "$ref": "#/$defs/Origin"
      },
      "publish": {
        "$ref": "#/$defs/Publish"
      },
      "scan": {
        "description": "required: every file inside must be scanned for malware and be clean.",
        "enum": [
          "required"
        ]
      },
      "approval": {
        "$ref": "#/$defs/Approval"
      },
      "timestamp": {
        "description": "required: every signature carries an RFC 3161 timestamp. none: only for purpose test.",
        "enum": [
          "required",
          "none"
        ]
      },
      "notifications": {
        "$ref": "#/$defs/Notifications"
      },
      "openpgpKey": {
        "$ref": "#/$defs/Slug",
        "description": "Name of the project's own key for OpenPGP signatures (method: openpgp) in the signer's key registry. Needed where the artifact configuration asks for such signatures."
      },
      "rawKey": {
        "$ref": "#/$defs/Slug",
        "description": "Name of the project's own key for raw signatures (method: raw) in the signer's key registry. Needed where the artifact configuration asks for such signatures."
      }
    },
    "if": {
      "properties": {
        "purpose": {
          "const": "release"
        }
      },
      "required": [
        "purpose"
      ]
    },
    "then": {
      "required": [
        "origin"
      ],
      "properties": {
        "origin": {},
        "timestamp": {
          "description": "A release policy needs timestamp: required, or its signatures end with the certificate.",
          "const": "required"
        },
        "approval": {
          "type": "object",
          "properties": {
            "quorum": {
              "description": "A release needs an approval.",
              "type": "integer",
              "minimum": 1
            }
          }
        }
      }
    },
    "$defs": {
      "Slug": {
        "description": "1 to 64 lower-case letters, digits and inner hyphens.",
        "type": "string",
        "maxLength": 64,
        "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
      },
      "Origin": {
        "description": "Where the file must have been built. Every line is compared with the attestation; all must hold. Required for purpose release.",
        "type": "object",
        "oneOf": [
          {
            "$ref": "#/$defs/GitHubOrigin"
          },
          {
            "$ref": "#/$defs/GitLabOrigin"
          }
        ]
      },
      "GitHubOrigin": {
        "description": "Builds of GitHub Actions.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "buildSystem",
          "repository",
          "workflow",
          "refs",
          "triggers",
          "runner"
        ],
        "properties": {
          "provider": {
            "description": "Whose builds these lines are about. github (where left out): GitHub Actions. The build system must be of the same provider.",
            "const": "github"
          },
          "buildSystem": {
            "$ref": "#/$defs/Slug",
            "description": "A name from buildSystems in trust/root.yaml."
          },
          "repository": {
            "$ref": "#/$defs/OriginRepository"
          },
          "workflow": {
            "description": "The workflow file that builds, from the repository's root.",
            "type": "string",
            "maxLength": 200,
            "pattern": "^\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$"
          },
          "refs": {
            "$ref": "#/$defs/Refs"
          },
          "triggers": {
            "description": "The events that may start the build. Events that run with code from outside, such as pull_request_target, can't be allowed.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Trigger"
            }
          },
          "runner": {
            "description": "Where the build runs. github-hosted: on a fresh machine of the build system. {groups: […]}: on a runner of one of these groups.",
            "oneOf": [
              {
                "const": "github-hosted"
              },
              {
                "$ref": "#/$defs/RunnerGroups"
              }
            ]
          },
          "builder": {
            "$ref": "#/$defs/Builder"
          },
          "reruns": {
            "description": "refused (where the line is left out): only the first attempt of a run is signed. allowed: a repeated attempt too, which can replay an old commit.",
            "enum": [
              "refused",
              "allowed"
            ]
          },
          "attestations": {
            "description": "What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Attestation"
            }
          },
          "environment": {
            "description": "The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.",
            "type": "string",
            "maxLength": 255,
            "pattern": "^[^\\s\\x00-\\x1f\\x7f](?:[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f])?$"
          },
          "visibility": {
            "description": "public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.",
            "enum": [
              "public",
              "any"
            ]
          },
          "maximumAgeHours": {
            "description": "How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.",
            "type": "integer",
            "minimum": 1,
            "maximum": 8784
          },
          "requireRunSuccess": {
            "description": "true: the whole run must have ended with success, not only the job that attested. A job that waits for the release, and the one that submits, are left out.",
            "type": "boolean"
          },
          "branchRulesets": {
            "$ref": "#/$defs/Rulesets"
          },
          "tagRulesets": {
            "$ref": "#/$defs/Rulesets"
          },
          "commitOn": {
            "description": "Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "description": "The name of a branch.",
              "type": "string",
              "maxLength": 200,
              "pattern": "^[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+$"
            }
          },
          "release": {
            "description": "immutable: the release of the built tag can’t be changed, or there is none yet and the repository makes all releases so. any (where left out): not asked.",
            "enum": [
              "any",
              "immutable"
            ]
          },
          "caches": {
            "description": "refused: no step of the workflow, at the built commit, is one that restores a cache. allowed (where left out): not asked.",
            "enum": [
              "allowed",
              "refused"
            ]
          },
          "actions": {
            "description": "pinned: the workflow, at the built commit, uses every action by a full commit and every image by its digest, and none of its own that it doesn’t contain. any (where left out): not asked.",
            "enum": [
              "any",
              "pinned"
            ]
          },
          "codeHost": {
            "description": "asked: GitHub itself is asked about repository, run, runners of all jobs, commit and tag. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.",
            "enum": [
              "not-asked",
              "asked"
            ]
          },
          "unknown": {
            "description": "What it means that GitHub doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.",
            "enum": [
              "allow",
              "deny"
            ]
          },
          "requireRunArtifact": {
            "description": "true: the file must be an artifact that GitHub keeps of the run that attested it, just as GitHub keeps it: by its SHA-256, and not expired.",
            "type": "boolean"
          }
        }
      },
      "GitLabOrigin": {
        "description": "Builds of GitLab CI/CD.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "provider",
          "buildSystem",
          "repository",
          "refs",
          "pipelineSources",
          "runner"
        ],
        "properties": {
          "provider": {
            "description": "Whose builds these lines are about. gitlab: GitLab CI/CD. The build system must be of the same provider.",
            "const": "gitlab"
          },
          "buildSystem": {
            "$ref": "#/$defs/Slug",
            "description": "A name from buildSystems in trust/root.yaml."
          },
          "repository": {
            "$ref": "#/$defs/OriginRepository"
          },
          "configuration": {
            "description": "The CI configuration that builds, from the project's root; .gitlab-ci.yml where left out. It must lie in the project itself.",
            "type": "string",
            "maxLength": 200,
            "pattern": "^(?!(?:[^/]+/)*\\.{1,2}/)[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*\\.ya?ml$"
          },
          "refs": {
            "$ref": "#/$defs/Refs"
          },
          "pipelineSources": {
            "description": "How the pipeline may be started. Sources that run code or configuration from outside, such as merge_request_event, can't be allowed.",
            "type": "array",
            "minItems": 1,
            "maxItems": 5,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/PipelineSource"
            }
          },
          "runner": {
            "description": "Where the job runs. gitlab-hosted: on a fresh machine of GitLab.com. self-hosted: on a machine of the project’s, or of an instance of its own.",
            "enum": [
              "gitlab-hosted",
              "self-hosted"
            ]
          },
          "environment": {
            "description": "The deployment environment that the job must have run in, letter by letter, so that the rules of the code host for that environment held.",
            "type": "string",
            "maxLength": 255,
            "pattern": "^[^\\s\\x00-\\x1f\\x7f](?:[^\\x00-\\x1f\\x7f]*[^\\s\\x00-\\x1f\\x7f])?$"
          },
          "visibility": {
            "description": "public (where left out, for a release): the repository must have been public when the file was built. any (where left out, for a test): it may be private.",
            "enum": [
              "public",
              "any"
            ]
          },
          "maximumAgeHours": {
            "description": "How old the build may be when it is signed, in hours since the transparency log saw its attestation. The time that a request waits for approval counts. Left out: as long as the foundation allows, and for a release 720 hours where it says nothing.",
            "type": "integer",
            "minimum": 1,
            "maximum": 8784
          },
          "attestations": {
            "description": "What a signature may state to count as proof of the build: SLSA provenance (both versions where left out). signature: a bare signature over the file, which states nothing, counts too.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Attestation"
            }
          },
          "requirePipelineSuccess": {
            "description": "true: the whole pipeline must have ended with success, not only the job that attested. The job that submits, and those that come after it or wait for a person, are left out.",
            "type": "boolean"
          },
          "retries": {
            "description": "refused: no job of the pipeline was retried. allowed (where left out): not asked. No certificate says it.",
            "enum": [
              "allowed",
              "refused"
            ]
          },
          "runners": {
            "$ref": "#/$defs/Runners"
          },
          "protectedBranch": {
            "$ref": "#/$defs/ProtectedBranch"
          },
          "protectedTag": {
            "$ref": "#/$defs/ProtectedTag"
          },
          "commitOn": {
            "description": "Branches that the commit may be on, any of them, by exact name. Left out: the branch that was built, and of a tag the default branch.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "description": "The name of a branch.",
              "type": "string",
              "maxLength": 200,
              "pattern": "^[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+$"
            }
          },
          "codeHost": {
            "description": "asked: GitLab itself is asked about project, job, pipeline, runners of all jobs, commit and tag. Lines that only it can answer imply that. not-asked (where left out): the certificate is enough.",
            "enum": [
              "not-asked",
              "asked"
            ]
          },
          "unknown": {
            "description": "What it means that GitLab doesn’t answer a question. deny (where left out): the file is refused. allow: it is signed, and the trace says so.",
            "enum": [
              "allow",
              "deny"
            ]
          },
          "pipelineVariables": {
            "description": "Who may set variables of a pipeline when it is started, at the most: no-one, maintainers (with owners). Left out: not asked.",
            "enum": [
              "no-one",
              "maintainers"
            ]
          },
          "includes": {
            "description": "pinned: the CI configuration, at the built commit, includes components and files of other projects by a full commit alone, files of the web with an integrity, and starts no other project’s pipeline. any (where left out): not asked.",
            "enum": [
              "any",
              "pinned"
            ]
          }
        }
      },
      "OriginRepository": {
        "description": "The source repository, the same as in the project's project.yaml. The numeric ids decide.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "ownerId",
          "uri"
        ],
        "properties": {
          "id": {
            "description": "The repository's numeric id, in quotes.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          },
          "ownerId": {
            "description": "The owner's numeric id, in quotes.",
            "type": "string",
            "maxLength": 19,
            "pattern": "^[1-9][0-9]{0,18}$"
          },
          "uri": {
            "description": "Address of the repository, without .git and without a final slash.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^https://[^\\s/?#@]+(?:/[^\\s/?#@]+)+$"
          }
        }
      },
      "Refs": {
        "description": "The branches and tags that may be built from. Exact names, unless they hold a wildcard: * and ? stay within one part of the name, ** as a whole part spans parts. Case matters.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "branches": {
            "$ref": "#/$defs/RefPatterns",
            "description": "Branches, for example main."
          },
          "tags": {
            "$ref": "#/$defs/RefPatterns",
            "description": "Tags, for example \"v*\"."
          }
        }
      },
      "RefPatterns": {
        "description": "Names or patterns of names.",
        "type": "array",
        "minItems": 1,
        "maxItems": 20,
        "uniqueItems": true,
        "items": {
          "description": "A name without refs/heads/ or refs/tags/ in front.",
          "type": "string",
          "maxLength": 200,
          "pattern": "^(?!refs/)[^\\s~^:\\\\\\[\\x00-\\x1f\\x7f/-][^\\s~^:\\\\\\[\\x00-\\x1f\\x7f]*(?<!/)$"
        }
      },
      "Attestation": {
        "description": "A kind of proof.",
        "enum": [
          "slsa-provenance-v1",
          "slsa-provenance-v0.2",
          "signature"
        ]
      },
      "Trigger": {
        "description": "The event that starts the build.",
        "enum": [
          "push",
          "release",
          "workflow_dispatch"
        ]
      },
      "PipelineSource": {
        "description": "How a pipeline was started, as GitLab calls it.",
        "enum": [
          "push",
          "web",
          "api",
          "schedule",
          "trigger"
        ]
      },
      "Approval": {
        "description": "How many people must approve each request, and who they may be.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "quorum",
          "approvers"
        ],
        "properties": {
          "quorum": {
            "description": "How many approvers must agree; 0 only for purpose test. A single denial ends the request.",
            "type": "integer",
            "minimum": 0,
            "maximum": 10
          },
          "submitterMayApprove": {
            "description": "Whether the approval of the person who submitted the request, or whose token did, counts. Default: false for a release, true for a test. Their denial always counts.",
            "type": "boolean"
          },
          "approvers": {
            "description": "Handles of people who are approvers in the project's team.",
            "type": "array",
            "maxItems": 50,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Slug"
            }
          }
        }
      },
      "RunnerGroups": {
        "description": "Runners of the project or its organization, by group.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "groups"
        ],
        "properties": {
          "groups": {
            "description": "Names of runner groups.",
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "uniqueItems": true,
            "items": {
              "description": "The name of a runner group.",
              "type": "string",
              "minLength": 1,
              "maxLength": 100
            }
          }
        }
      },
      "Runners": {
        "description": "Runners that jobs of a pipeline may run on.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "kinds": {
            "description": "Kinds of runners, as GitLab calls them: of the whole instance, of a group, of the project.",
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/RunnerKind"
            }
          },
          "ids": {
            "description": "Numbers of runners, in quotes: of the project’s settings, under CI/CD.",
            "type": "array",
            "minItems": 1,
            "maxItems": 20,
            "uniqueItems": true,
            "items": {
              "description": "The number of a runner.",
              "type": "string",
              "maxLength": 19,
              "pattern": "^[1-9][0-9]{0,18}$"
            }
          }
        }
      },
      "RunnerKind": {
        "description": "Whose a runner is, as GitLab calls it.",
        "enum": [
          "instance",
          "group",
          "project"
        ]
      },
      "Builder": {
        "description": "A reusable workflow that builds and attests in the place of the project’s own, pinned to one commit. Left out: only the project’s own workflow may sign the attestation.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "uri",
          "ref",
          "digest"
        ],
        "properties": {
          "uri": {
            "description": "Address of the reusable workflow’s file, without @ and ref.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^https://[^\\s/?#@]+/[^\\s/?#@]+/[^\\s/?#@]+/\\.github/workflows/[A-Za-z0-9._-]+\\.ya?ml$"
          },
          "ref": {
            "description": "The ref that the project’s workflow calls it at, in full: refs/tags/…, refs/heads/… or a commit id.",
            "type": "string",
            "maxLength": 200,
            "pattern": "^(?:refs/(?:heads|tags)/[^\\s~^:?*\\\\\\[\\x00-\\x1f\\x7f]+|[0-9a-f]{40}|[0-9a-f]{64})$"
          },
          "digest": {
            "description": "The commit that the ref must stand at: 40 or 64 hexadecimal digits in lower case.",
            "type": "string",
            "maxLength": 64,
            "pattern": "^(?:[0-9a-f]{40}|[0-9a-f]{64})$"
          }
        }
      },
      "Rulesets": {
        "description": "Rules of the code host that must protect the ref that was built.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "rules"
        ],
        "properties": {
          "rules": {
            "$ref": "#/$defs/RulesetRules"
          },
          "allowBypass": {
            "description": "true: the rules may name people who can bypass them. Left out: nobody may.",
            "type": "boolean"
          },
          "enforcedFrom": {
            "description": "Since when the rules must have been in force: current-build (where left out), earliest (since the first commit), or a day as YYYY-MM-DD.",
            "type": "string",
            "maxLength": 13,
            "pattern": "^(?:current-build|earliest|[0-9]{4}-[0-9]{2}-[0-9]{2})$"
          }
        }
      },
      "RulesetRules": {
        "description": "What the code host must forbid or ask for.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "restrictCreations": {
            "description": "Only few may create a matching ref.",
            "type": "boolean"
          },
          "restrictUpdates": {
            "description": "Only few may update a matching ref.",
            "type": "boolean"
          },
          "restrictDeletions": {
            "description": "Only few may delete a matching ref.",
            "type": "boolean"
          },
          "blockForcePushes": {
            "description": "Nobody may rewrite a matching ref.",
            "type": "boolean"
          },
          "requireLinearHistory": {
            "description": "No merge commits.",
            "type": "boolean"
          },
          "requireSignedCommits": {
            "description": "Every commit is signed.",
            "type": "boolean"
          },
          "pullRequest": {
            "$ref": "#/$defs/PullRequestRule"
          },
          "codeScanning": {
            "description": "Tools that must have looked at the code.",
            "type": "array",
            "maxItems": 20,
            "items": {
              "$ref": "#/$defs/CodeScanningRule"
            }
          }
        }
      },
      "PullRequestRule": {
        "description": "Changes come by pull request only.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "minApprovals": {
            "description": "How many reviews must approve.",
            "type": "integer",
            "minimum": 0,
            "maximum": 10
          },
          "dismissStaleReviews": {
            "description": "A new commit takes earlier approvals away.",
            "type": "boolean"
          },
          "requireCodeOwnerReview": {
            "description": "An owner of the changed code must approve.",
            "type": "boolean"
          },
          "requireLastPushApproval": {
            "description": "Somebody other than the last pusher must approve.",
            "type": "boolean"
          },
          "requireThreadResolution": {
            "description": "All conversations must be resolved.",
            "type": "boolean"
          }
        }
      },
      "CodeScanningRule": {
        "description": "A code scanning tool and what it may find.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "tool"
        ],
        "properties": {
          "tool": {
            "description": "The tool’s name.",
            "type": "string",
            "minLength": 1,
            "maxLength": 100
          },
          "alerts": {
            "description": "Which alerts block.",
            "enum": [
              "none",
              "errors",
              "errors-and-warnings",
              "all"
            ]
          },
          "securityAlerts": {
            "description": "From which severity on security alerts block.",
            "enum": [
              "none",
              "critical",
              "high-or-higher",
              "medium-or-higher",
              "all"
            ]
          }
        }
      },
      "ProtectedBranch": {
        "description": "How GitLab must protect the branch that was built.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "push": {
            "description": "Who may push without a merge request, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.",
            "enum": [
              "no-one",
              "maintainers",
              "developers"
            ]
          },
          "merge": {
            "description": "Who may merge, at the most: maintainers, developers. Whoever may push may merge, too; people and groups by name count as developers.",
            "enum": [
              "maintainers",
              "developers"
            ]
          },
          "blockForcePushes": {
            "description": "Nobody may rewrite the branch.",
            "type": "boolean"
          },
          "requireCodeOwnerApproval": {
            "description": "An owner of the changed code must approve. Nobody may push without a merge request then, and an approval ends when its files change.",
            "type": "boolean"
          },
          "minApprovals": {
            "description": "How many must approve a merge request, its author not among them. Nobody may push without one then, and approvals end when something else is pushed.",
            "type": "integer",
            "minimum": 0,
            "maximum": 10
          }
        }
      },
      "ProtectedTag": {
        "description": "How GitLab must protect the tag that was built.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "create": {
            "description": "Who may create matching tags, at the most: no-one, maintainers, developers. People, groups and deploy keys by name count as developers.",
            "enum": [
              "no-one",
              "maintainers",
              "developers"
            ]
          }
        }
      },
      "Publish": {
        "description": "The job that publishes what was signed under this policy. It decides nothing about signing.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "environment"
        ],
        "properties": {
          "environment": {
            "description": "The deployment environment, letter by letter, whose protection rule is the portal’s GitHub App: its jobs start once what their run submitted under this policy is released.",
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "pattern": "^[^\\p{C}]+$"
          }
        }
      },
      "Submitters": {
        "description": "Who may hand in requests under this policy: these people in the portal, these tokens through the API. Left out: everybody on the project’s team, and every token of the project.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "people": {
            "description": "Handles of people.",
            "type": "array",
            "maxItems": 50,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Slug"
            }
          },
          "tokens": {
            "description": "Names of the project’s API tokens.",
            "type": "array",
            "maxItems": 20,
            "uniqueItems": true,
            "items": {
              "description": "The name of a token.",
              "type": "string",
              "minLength": 1,
              "maxLength": 100
            }
          },
          "builds": {
            "description": "origin: builds that this policy’s origin describes submit with the identity token of their run, without a secret. Left out, and with none: builds need an API token that is named here.",
            "enum": [
              "origin",
              "none"
            ]
          }
        }
      },
      "Notifications": {
        "description": "Who hears of requests under this policy, on the portal and as they choose by e-mail. Decides nothing. An event that is left out is told to whom its line below says; an empty list tells nobody.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "waiting": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that a request waits for approval. Approvers among them are told while they can still approve it. Left out: role:approvers."
          },
          "approved": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that a request has all its approvals. Left out: nobody."
          },
          "completed": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that a signed file was released. Left out: role:submitter."
          },
          "denied": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that a request was refused, with the reasons. Left out: role:submitter."
          },
          "failed": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that the signer gave a request up. Left out: role:submitter."
          },
          "delayed": {
            "$ref": "#/$defs/Recipients",
            "description": "Told that a request has waited half an hour for a service that is down. Left out: nobody."
          }
        }
      },
      "Recipients": {
        "description": "Handles of people, and roles.",
        "type": "array",
        "maxItems": 50,
        "uniqueItems": true,
        "items": {
          "oneOf": [
            {
              "$ref": "#/$defs/Slug",
              "description": "The handle of a person."
            },
            {
              "$ref": "#/$defs/RecipientRole"
            }
          ]
        }
      },
      "RecipientRole": {
        "description": "role:approvers: the approvers of this policy. role:submitter: the person who submitted the request, or whose token did. role:team and the others: people of the project's team.",
        "enum": [
          "role:approvers",
          "role:submitter",
          "role:authors",
          "role:reviewers",
          "role:configurators",
          "role:team"
        ]
      }
    }
  },
  TrustRoot: {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://countersign.example/schemas/trust-root.schema.json",
    "title": "Trust root",
    "description": "Who may change the policies, and which build systems are believed. File: trust/root.yaml.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "policyMaintainers",
      "buildSystems"
    ],
    "properties": {
      "apiVersion": {
        "description": "Version of this format.",
        "const": "countersign/v1"
      },
      "kind": {
        "description": "The kind of this file.",
        "const": "TrustRoot"
      },
      "policyMaintainers": {
        "$ref": "#/$defs/PolicyMaintainers"
      },
      "buildSystems": {
        "description": "The build systems whose attestations the signer verifies.",
        "type": "array",
        "maxItems": 20,
        "items": {
          "$ref": "#/$defs/BuildSystem"
        }
      },
      "upstreamRoots": {
        "description": "Certification authorities whose signatures on files from upstream are believed, for artifact configurations with `verify`. Left out: none.",
        "type": "array",
        "maxItems": 50,
        "items": {
          "$ref": "#/$defs/UpstreamRoot"
        }
      },
      "accountHosts": {
        "$ref": "#/$defs/AccountHosts"
      }
    },
    "$defs": {
      "AccountHosts": {
        "description": "Which servers the numbers in people's identities are of, for hosts that anybody can run. A number names somebody else on another server. Left out: gitlab.com.",
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "properties": {
          "gitlab": {
            "description": "The address of the GitLab that people's accounts are on, without a final slash; the issuer of its identity tokens. Left out: https://gitlab.com.",
            "type": "string",
            "maxLength": 200,
            "pattern": "^https://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*$"
          }
        }
      },
      "PolicyMaintainers": {
        "description": "The people whose signatures make a commit of this repository a policy.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "threshold",
          "members"
        ],
        "properties": {
          "threshold": {
            "description": "How many of the members must sign a commit before the signer accepts it.",
            "type": "integer",
            "minimum": 1,
            "maximum": 20
          },
          "members": {
            "description": "Handles of people, each a file people/<handle>.yaml with an approval key.",
            "type": "array",
            "minItems": 1,
            "maxItems": 50,
            "uniqueItems": true,
            "items": {
              "$ref": "#/$defs/Slug"
            }
          },
          "looseningThreshold": {
            "description": "How many of the members must sign a commit that loosens anything, changes who decides, or is stopped by a guard, before the signer accepts it. Left out: two, where two have a key. Fewer than all of them, so that the others can expel one whose key was stolen.",
            "type": "integer",
            "minimum": 1,
            "maximum": 20
          }
        }
      },
      "BuildSystem": {
        "description": "A build system: who issues its identities and which trust root verifies its attestations.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "name",
          "issuer"
        ],
        "properties": {
          "name": {
            "$ref": "#/$defs/Slug",
            "description": "The name that signing policies use."
          },
          "displayName": {
            "description": "The name that people see, for example GitHub Actions.",
            "type": "string",
            "minLength": 1,
            "maxLength": 64
          },
          "provider": {
            "description": "Whose builds it makes: github (where left out) is GitHub Actions, gitlab is GitLab CI/CD. A policy whose origin is of another provider can't name it.",
            "enum": [
              "github",
              "gitlab"
            ]
          },
          "issuer": {
            "description": "The issuer of the build's identity, compared character by character.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^https://[^\\s/?#@]+(?:/[^\\s]*)?$"
          },
          "trustRoot": {
            "$ref": "#/$defs/Slug",
            "description": "Name of the Sigstore trust root that the signer was installed with. In place of tuf."
          },
          "tuf": {
            "$ref": "#/$defs/TufRepository"
          },
          "hostApi": {
            "description": "Address of the code host's API, which the signer asks about builds where a policy has lines that no certificate answers, for example https://api.github.com. Left out: nothing is asked, and policies can't have such lines. Plain HTTP only on the signer's own machine.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^(?:https://[^\\s/?#@]+|http://(?:127\\.0\\.0\\.1|localhost)(?::[0-9]{1,5})?)(?:/[^\\s?#]*[^\\s?#/])?$"
          }
        },
        "if": {
          "properties": {
            "tuf": {}
          },
          "required": [
            "tuf"
          ]
        },
        "then": {
          "properties": {
            "trustRoot": {
              "description": "Keep one of the two: tuf, from whose repository the trust root comes, or trustRoot, the name of one that the signer was installed with.",
              "not": {}
            }
          }
        },
        "else": {
          "properties": {
            "trustRoot": {}
          },
          "required": [
            "trustRoot"
          ]
        }
      },
      "TufRepository": {
        "description": "A repository of The Update Framework (TUF) from which the signer keeps the Sigstore trust root current. In place of trustRoot.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "mirror",
          "root",
          "staleDays"
        ],
        "properties": {
          "kind": {
            "description": "What its trust root must have, whatever the mirror says: public-good: a transparency log and a log of certificates; github: a timestamp authority; custom: what tells the time, of either kind.",
            "enum": [
              "public-good",
              "github",
              "custom"
            ]
          },
          "mirror": {
            "description": "Address of the repository's metadata, with targets/ below it. Plain HTTP only on the signer's own machine.",
            "type": "string",
            "maxLength": 300,
            "pattern": "^(?:https://[^\\s/?#@]+|http://(?:127\\.0\\.0\\.1|localhost)(?::[0-9]{1,5})?)(?:/[^\\s?#]*)?$"
          },
          "root": {
            "description": "The repository's root.json, letter by letter: the keys that everything after it is verified from. Take it from the project that runs the repository, not from the mirror.",
            "type": "string",
            "minLength": 2,
            "maxLength": 65536
          },
          "target": {
            "description": "Name of the trust root in the repository; trusted_root.json where left out.",
            "type": "string",
            "maxLength": 128,
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"
          },
          "staleDays": {
            "description": "After this many days without a look at the repository that succeeded, requests wait.",
            "type": "integer",
            "minimum": 1,
            "maximum": 90
          }
        }
      },
      "UpstreamRoot": {
        "description": "A certification authority that signs those who sign code, or timestamps of such signatures.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "name",
          "reason",
          "certificate"
        ],
        "properties": {
          "name": {
            "$ref": "#/$defs/Slug",
            "description": "The name that people see."
          },
          "reason": {
            "description": "Whose files need it, and where its certificate was taken from; 10 to 300 characters.",
            "type": "string",
            "minLength": 10,
            "maxLength": 300,
            "pattern": "^[^\\x00-\\x1f\\x7f]*$"
          },
          "certificate": {
            "description": "The certificate in PEM; trusted as it is.",
            "type": "string",
            "maxLength": 8192,
            "pattern": "^-----BEGIN CERTIFICATE-----\\n[A-Za-z0-9+/=\\n]+-----END CERTIFICATE-----\\n?$"
          }
        }
      },
      "Slug": {
        "description": "1 to 64 lower-case letters, digits and inner hyphens.",
        "type": "string",
        "maxLength": 64,
        "pattern": "^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
      }
    }
  },
};
