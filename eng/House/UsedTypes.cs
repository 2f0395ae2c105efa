// ECMA-335, II.22 (tables), II.23.2 (signatures) and III (instructions), as System.Reflection.Metadata gives them.
using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace House;

/// <summary>A type that some member names: in its signature, its body, or an attribute.</summary>
/// <param name="Namespace">The namespace of the user.</param>
/// <param name="Member">The user, as <c>Type.Member</c>.</param>
/// <param name="UsedNamespace">The namespace of what is used.</param>
/// <param name="UsedType">What is used; of nested types the outermost.</param>
public sealed record Use(string Namespace, string Member, string UsedNamespace, string UsedType);

/// <summary>Reads from a compiled assembly which types its members use. The compiler leaves nothing out, as a search through text would.</summary>
internal sealed class UsedTypes
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes)
        .GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xffff, code => code.OperandType);

    private readonly MetadataReader reader;
    private readonly PEReader file;
    private readonly Handles handles = new();
    private readonly HashSet<Use> uses = [];
    private string space = "";
    private string owner = "";

    private UsedTypes(PEReader file)
    {
        this.file = file;
        reader = file.GetMetadataReader();
    }

    /// <summary>All uses in an assembly's own namespaces.</summary>
    /// <param name="path">The assembly.</param>
    internal static IReadOnlyCollection<Use> In(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var used = new UsedTypes(file);
        foreach (var handle in used.reader.TypeDefinitions)
        {
            used.Read(handle);
        }

        return used.uses;
    }

    /// <summary>The types that an assembly defines, but for nested ones.</summary>
    /// <param name="path">The assembly.</param>
    internal static IReadOnlyList<(string Namespace, string Name)> DefinedIn(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        return
        [
            .. reader
                .TypeDefinitions.Select(reader.GetTypeDefinition)
                .Where(type => type.GetDeclaringType().IsNil)
                .Select(type => (reader.GetString(type.Namespace), reader.GetString(type.Name))),
        ];
    }

    private void Read(TypeDefinitionHandle handle)
    {
        (space, owner) = Outermost(handle);
        if (space.Length == 0)
        {
            return;
        }

        var type = reader.GetTypeDefinition(handle);
        Add(type.BaseType, "its base");
        Add(type.GetCustomAttributes(), "its attributes");
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Add(reader.GetInterfaceImplementation(implemented).Interface, "its interfaces");
        }

        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            Add(field.DecodeSignature(handles, null), reader.GetString(field.Name));
            Add(field.GetCustomAttributes(), reader.GetString(field.Name));
        }

        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            Read(method);
        }
    }

    private void Read(MethodDefinition method)
    {
        var name = reader.GetString(method.Name);
        var signature = method.DecodeSignature(handles, null);
        Add([.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(t => t)], name);
        Add(method.GetCustomAttributes(), name);
        if (method.RelativeVirtualAddress == 0)
        {
            return;
        }

        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            var locals = reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(handles, null);
            Add([.. locals.SelectMany(t => t)], name);
        }

        for (var code = body.GetILReader(); code.RemainingBytes > 0; )
        {
            int value = code.ReadByte();
            if (value == 0xfe)
            {
                value = 0xfe00 | code.ReadByte();
            }

            switch (Operands[value])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.ReadByte();
                    break;
                case OperandType.InlineVar:
                    code.ReadInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.ReadInt64();
                    break;
                case OperandType.InlineSwitch:
                    for (var left = code.ReadInt32(); left > 0; left--)
                    {
                        code.ReadInt32();
                    }

                    break;
                case OperandType.InlineMethod
                or OperandType.InlineField
                or OperandType.InlineType
                or OperandType.InlineTok:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()), name);
                    break;
                default:
                    code.ReadInt32();
                    break;
            }
        }
    }

    private void Add(CustomAttributeHandleCollection attributes, string member)
    {
        foreach (var attribute in attributes)
        {
            Add(reader.GetCustomAttribute(attribute).Constructor, member);
        }
    }

    private void Add(ImmutableArray<EntityHandle> used, string member)
    {
        foreach (var each in used)
        {
            Add(each, member);
        }
    }

    private void Add(EntityHandle used, string member)
    {
        if (used.IsNil)
        {
            return;
        }

        switch (used.Kind)
        {
            case HandleKind.TypeDefinition:
                Add(Outermost((TypeDefinitionHandle)used), member);
                break;
            case HandleKind.TypeReference:
                Add(Outermost((TypeReferenceHandle)used), member);
                break;
            case HandleKind.TypeSpecification:
                var specification = reader.GetTypeSpecification((TypeSpecificationHandle)used);
                Add(specification.DecodeSignature(handles, null), member);
                break;
            case HandleKind.MemberReference:
                Add(reader.GetMemberReference((MemberReferenceHandle)used).Parent, member);
                break;
            case HandleKind.MethodDefinition:
                Add(reader.GetMethodDefinition((MethodDefinitionHandle)used).GetDeclaringType(), member);
                break;
            case HandleKind.FieldDefinition:
                Add(reader.GetFieldDefinition((FieldDefinitionHandle)used).GetDeclaringType(), member);
                break;
            case HandleKind.MethodSpecification:
                var generic = reader.GetMethodSpecification((MethodSpecificationHandle)used);
                Add(generic.Method, member);
                Add([.. generic.DecodeSignature(handles, null).SelectMany(t => t)], member);
                break;
        }
    }

    private void Add((string Namespace, string Type) used, string member)
    {
        if (used.Namespace != space)
        {
            uses.Add(new Use(space, $"{owner}.{member}", used.Namespace, used.Type));
        }
    }

    private (string Namespace, string Type) Outermost(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = reader.GetTypeDefinition(type.GetDeclaringType());
        }

        return (reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    private (string Namespace, string Type) Outermost(TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            type = reader.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        }

        return (reader.GetString(type.Namespace), reader.GetString(type.Name));
    }

    /// <summary>The types that a signature is made of.</summary>
    private sealed class Handles : ISignatureTypeProvider<ImmutableArray<EntityHandle>, object?>
    {
        public ImmutableArray<EntityHandle> GetArrayType(ImmutableArray<EntityHandle> element, ArrayShape shape) =>
            element;

        public ImmutableArray<EntityHandle> GetByReferenceType(ImmutableArray<EntityHandle> element) => element;

        public ImmutableArray<EntityHandle> GetFunctionPointerType(
            MethodSignature<ImmutableArray<EntityHandle>> signature
        ) => [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(t => t)];

        public ImmutableArray<EntityHandle> GetGenericInstantiation(
            ImmutableArray<EntityHandle> generic,
            ImmutableArray<ImmutableArray<EntityHandle>> arguments
        ) => [.. generic, .. arguments.SelectMany(t => t)];

        public ImmutableArray<EntityHandle> GetGenericMethodParameter(object? context, int index) => [];

        public ImmutableArray<EntityHandle> GetGenericTypeParameter(object? context, int index) => [];

        public ImmutableArray<EntityHandle> GetModifiedType(
            ImmutableArray<EntityHandle> modifier,
            ImmutableArray<EntityHandle> unmodified,
            bool isRequired
        ) => [.. modifier, .. unmodified];

        public ImmutableArray<EntityHandle> GetPinnedType(ImmutableArray<EntityHandle> element) => element;

        public ImmutableArray<EntityHandle> GetPointerType(ImmutableArray<EntityHandle> element) => element;

        public ImmutableArray<EntityHandle> GetPrimitiveType(PrimitiveTypeCode code) => [];

        public ImmutableArray<EntityHandle> GetSZArrayType(ImmutableArray<EntityHandle> element) => element;

        public ImmutableArray<EntityHandle> GetTypeFromDefinition(
            MetadataReader reader,
            TypeDefinitionHandle handle,
            byte kind
        ) => [handle];

        public ImmutableArray<EntityHandle> GetTypeFromReference(
            MetadataReader reader,
            TypeReferenceHandle handle,
            byte kind
        ) => [handle];

        public ImmutableArray<EntityHandle> GetTypeFromSpecification(
            MetadataReader reader,
            object? context,
            TypeSpecificationHandle handle,
            byte kind
        ) => reader.GetTypeSpecification(handle).DecodeSignature(this, context);
    }
}
